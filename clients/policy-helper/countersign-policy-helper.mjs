// Started by the launcher beside it, by whole paths and without the session's environment; never by a `node` that PATH happens to name.
// The program Claude Code asks for its managed settings (`policyHelper`), at every start. It answers what lies beside it in
// FILE.json: {"server", "managedSettings"}. Where anything is not as it should be it answers nothing and fails, and Claude Code does not start.
// One file, nothing but Node (20 or newer): whoever installs it can read it.
import fs from 'node:fs'
import { fileURLToPath } from 'node:url'

const own = fileURLToPath(import.meta.url)
const SECONDS = 10

function giveUp(sentence) {
  process.stderr.write(`Countersign: ${sentence}\n`)
  process.exit(1)
}

// What anybody could rewrite is nobody's policy.
for (const file of [own, `${own}.json`, own.replace(/\.mjs$/, '')]) {
  const stat = fs.statSync(file, { throwIfNoEntry: false })
  if (stat === undefined) giveUp(`${file} is not there.`)
  if (process.platform !== 'win32' && (stat.mode & 0o022) !== 0)
    giveUp(`${file} can be written by others than its owner.`)
}

let server, managedSettings
try {
  ;({ server, managedSettings } = JSON.parse(fs.readFileSync(`${own}.json`, 'utf8')))
} catch {
  giveUp(`${own}.json cannot be read.`)
}
if (typeof server !== 'string' || typeof managedSettings?.hooks?.PreToolUse?.[0] !== 'object')
  giveUp(`${own}.json holds no settings with hooks.`)

const token = process.env.COUNTERSIGN_TOKEN ?? ''
if (!/^[\x21-\x7e]+$/.test(token))
  giveUp(`this session has no token. Set COUNTERSIGN_TOKEN: npx countersign hook token --server ${server}`)

let said
try {
  const answer = await fetch(`${server}/api/hooks/claude-code/beginning`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: '{}',
    redirect: 'error',
    signal: AbortSignal.timeout(SECONDS * 1000),
  })
  said = await answer.json()
} catch {
  giveUp(`${server} does not answer, so no session begins.`)
}
if (said?.begins !== true) giveUp(`${server} lets no session begin: ${said?.detail ?? 'it does not say why'}`)
process.stdout.write(JSON.stringify({ managedSettings }))
