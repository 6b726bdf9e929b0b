import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { testDatabase } from '@/lib/db/testing'
import { governed } from '@/lib/decisions/governed-testing'
import { testGateway } from '@/lib/gateway/gateway-testing'
import { endDrills } from '@/lib/halt/end-drills'
import { testCommandLine, testOrganisation, testPerson } from '@/lib/people/testing'
import { EXIT_WORDS, EXITS } from './shared/exits'
import { main } from './shared/main'
import { allVerbs } from './shared/table'
import { consoleServer } from './testing/console'

const GUIDE = path.resolve(import.meta.dirname, '../../docs/guides/command-line.md')
const guide = readFileSync(GUIDE, 'utf8')

const database = await testDatabase()
const { superuser } = database.pools
const { app } = await testGateway(database)
const gateway = await app.listen({ port: 0, host: '127.0.0.1' })
await testOrganisation()
const dana = await testPerson(['analyst'], 'Dana Whitlock')
await superuser.query('UPDATE person SET email = $1 WHERE id = $2', ['dana@quillhaven.example', dana.id])
await superuser.query(`INSERT INTO team (id, name) VALUES (gen_random_uuid(), 'Operations')`)
const house = await consoleServer(gateway)
const token = await testCommandLine(dana)
const { agentId } = await governed(superuser)
await superuser.query(`UPDATE agent SET slug = 'worker' WHERE id = $1`, [agentId])
await superuser.query(`UPDATE team SET name = 'Field' WHERE name <> 'Operations'`)
const jobs = setInterval(() => void endDrills(new Date()).catch(() => undefined), 200)
const before = process.cwd()
const home = mkdtempSync(path.join(tmpdir(), 'countersign-guide-'))
process.chdir(home)
afterAll(async () => {
  clearInterval(jobs)
  process.chdir(before)
  await house.close()
  rmSync(home, { recursive: true })
})

const TICKETS = 'agent: ticket-closer\nmcp_scopes: {tickets: [read]}\napproval_required: [tickets.close]\n'
writeFileSync('ticket-closer.yaml', TICKETS)
writeFileSync('wider.yaml', TICKETS.replace('approval_required', 'autonomous'))
writeFileSync('broken.yaml', 'agent: ticket-closer\nnevr: [tickets.purge]\n')
writeFileSync(
  'trace.jsonl',
  '{"tool": "tickets.close", "arguments": {"ticket": "SUP-1"}}\n{"tool": "mail.send", "arguments": {}}\n',
)

/** What is never twice the same. */
function settled(text: string): string {
  return text
    .replaceAll(house.url, 'http://localhost:3000')
    .replaceAll(/\b(ag|hlt|drl|crd)_[0-9a-f]{16,}/g, '$1_…')
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '2026-11-21T09:30:00Z')
    .replaceAll(/\b\d{4}-\d\d-\d\d\b/g, '2026-11-21')
    .replaceAll(/ +$/gm, '')
}
const words = (line: string) =>
  Array.from(line.matchAll(/"([^"]*)"|(\S+)/g), ([, quoted, plain]) => quoted ?? plain ?? '')

async function printed(line: string): Promise<string> {
  let all = ''
  const take = (text: string) => void (all += text)
  const env = { COUNTERSIGN_SERVER: house.url, COUNTERSIGN_TOKEN: token, XDG_CONFIG_HOME: home }
  const exit = await main(words(line), { out: take, error: take }, env)
  return `$ npx countersign ${line}\n${settled(all)}${exit === 0 ? '' : `exit ${String(exit)}\n`}`
}

it('every command of the guide prints what the guide shows', async () => {
  let made = ''
  let last = 0
  for (const block of guide.matchAll(/^```console\n([\s\S]*?)^```$/gm)) {
    const lines = Array.from(block[1]?.matchAll(/^\$ npx countersign (.*)$/gm) ?? [], ([, line]) => line ?? '')
    expect(lines.length).toBeGreaterThan(0)
    made += `${guide.slice(last, block.index)}\`\`\`console\n`
    for (const [at, line] of lines.entries()) made += `${at === 0 ? '' : '\n'}${await printed(line)}`
    made += '```'
    last = block.index + block[0].length
  }
  made += guide.slice(last)
  if (process.env.COUNTERSIGN_WRITE_GUIDE === '1') writeFileSync(GUIDE, made)
  expect(guide).toBe(made)
})

it('the guide has the table of exits, and names every verb', async () => {
  for (const [name, code] of Object.entries(EXITS))
    expect(guide).toContain(`| ${String(code)} | \`${name}\` | ${EXIT_WORDS[name as keyof typeof EXITS]} |`)
  for (const { name } of await allVerbs()) expect(guide).toMatch(new RegExp(`countersign ${name} |\`${name}\``))
})
