import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { afterAll, describe, expect, it } from 'vitest'
import { hooksFor } from '@/clients/cli/hook/settings'
import { claudeCode, startSession } from '@/e2e/support/claude-code'
import { script, scriptedModel } from '@/e2e/support/scripted-model'
import { parseBoundary } from '@/lib/boundary/parse'
import { db, transaction } from '@/lib/db/client'
import { testDatabase } from '@/lib/db/testing'
import { answerAction } from '@/lib/decisions/answer'
import { governed } from '@/lib/decisions/governed-testing'
import { testGateway } from '@/lib/gateway/gateway-testing'
import { outside } from '@/lib/gateway/mcp-testing'
import { testPerson } from '@/lib/people/testing'
import { confirmTool } from '@/lib/tools/confirm'
import { listTools } from '@/lib/tools/read'
import { programsFile } from '@/lib/upstreams/programs'
import { proposeUpstream } from '@/lib/upstreams/propose'

const run = promisify(execFile)
const root = path.resolve(import.meta.dirname, '../../..')
const guide = readFileSync(path.join(root, 'docs/guides/mcp.md'), 'utf8')
/** The blocks of the guide in a language, in order. */
const blocks = (language: string): string[] =>
  [...guide.matchAll(/```(\w+)\n(.*?)```/gs)].filter(([, named]) => named === language).map(([, , text = '']) => text)

const database = await testDatabase()
const { app, ask, defects, tokenOf, dataFolder } = await testGateway(database)
const [petra, dana] = [await testPerson(['administrator']), await testPerson(['analyst'])]
await app.listen({ host: '127.0.0.1', port: 0 })
const origin = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`
const folder = mkdtempSync(path.join(tmpdir(), 'countersign-guide-'))
const shared = path.join(folder, 'shared')
const project = path.join(folder, 'project')
mkdirSync(shared)
mkdirSync(project)
writeFileSync(path.join(shared, 'note.txt'), 'what the note says')
afterAll(() => {
  rmSync(folder, { recursive: true, force: true })
  expect(defects).toEqual([])
})

/** What the guide says, of this server and this folder. */
const here = (text: string) => text.replaceAll('http://localhost:3000', origin).replaceAll('/srv/shared', shared)
const modules = outside('servers')
const [programs = '', clients = ''] = blocks('json')
const [boundary = ''] = blocks('yaml')
const [askToken = '', startClaude = ''] = blocks('sh')
const [program = ''] = blocks('js')

async function agentOfGuide() {
  // npm puts programs on the path
  process.env.PATH = `${path.join(modules ?? '', '.bin')}:${process.env.PATH ?? ''}`
  writeFileSync(programsFile(dataFolder), here(programs))
  const stated = { name: 'files', transport: 'stdio', address: 'files', header: null, secret: null } as const
  const input = { ...stated, private: false, ownerId: dana.id, reach: 'A folder.', production: false, trusted: false }
  await proposeUpstream(db(), petra, input, new Date())
  const parsed = parseBoundary(boundary, 'support-triage')
  if (!parsed.ok) return expect.fail(JSON.stringify(parsed.errors))
  return governed(database.pools.superuser, { ...parsed.document, never: [] })
}

const claude = modules === null ? null : claudeCode()
const [, , args = ''] = /^claude -p "([^"]+)" (.+)$/m.exec(startClaude) ?? []

describe.skipIf(modules === null)('the guide to MCP servers', () => {
  it('says what works: each of its files and commands, as it stands there', async () => {
    const agent = await agentOfGuide()
    const { stdout: answered } = await run('sh', ['-c', here(askToken)], {
      env: {
        PATH: process.env.PATH,
        CLIENT_ID: agent.clientId,
        CLIENT_SECRET: agent.clientSecret,
      } as unknown as NodeJS.ProcessEnv,
    })
    const { access_token: token } = JSON.parse(answered) as { access_token: string }

    const env = { ...process.env, COUNTERSIGN_ACCESS_TOKEN: token }
    const { stdout: listed } = await run(process.execPath, ['--input-type=module', '-e', here(program)], {
      cwd: root,
      env,
    })
    expect(listed).toContain('read_text_file')
    for (const tool of (await listTools(db())).filter(({ server }) => server === 'files')) {
      const read = tool.annotations?.readOnlyHint === true
      const said = read ? ({ access: 'read' } as const) : ({ access: 'write', reversible: true } as const)
      await confirmTool(db(), dana, tool.id, { class: said, surface: null, digest: tool.digest.toString('hex') })
    }

    if (claude === null) return
    writeFileSync(path.join(project, '.mcp.json'), here(clients))
    expect(args).toContain('--mcp-config .mcp.json')
    const model = await scriptedModel()
    const session = startSession({
      ...{
        program: claude,
        model: model.url,
        folder: project,
        env: { COUNTERSIGN_ACCESS_TOKEN: token },
        args: args.trim().split(' '),
      },
      prompt: script({ name: 'mcp__files__read_text_file', input: { path: path.join(shared, 'note.txt') } }),
    })
    await session.ended
    await model.close()
    expect(session.output()).toContain('what the note says')
  })

  it.skipIf(claude === null)('asks a person once where Claude Code has its hooks, too', async () => {
    const rule = { tool: 'files.read_text_file', when: null, reason: null }
    const agent = await governed(database.pools.superuser, { approval_required: [rule] })
    const token = await tokenOf(agent)
    const made = await ask('POST', '/api/v1/hook-tokens', token, { machine: 'laptop-7' })
    const settings = path.join(folder, 'settings.json')
    writeFileSync(settings, JSON.stringify({ hooks: hooksFor({ server: origin, waitSeconds: 120, prompts: true }) }))
    const model = await scriptedModel()
    const session = startSession({
      ...{ program: claude ?? '', model: model.url, folder: project, settings, args: args.trim().split(' ') },
      token: (made.body as { token: string }).token,
      env: { COUNTERSIGN_ACCESS_TOKEN: token },
      prompt: script({ name: 'mcp__files__read_text_file', input: { path: path.join(shared, 'note.txt') } }),
    })
    const asked = async () => {
      const { rows } = await database.pools.superuser.query<{ id: string; digest: Buffer }>(
        'SELECT id, digest FROM approval WHERE agent_id = $1',
        [agent.agentId],
      )
      return rows
    }
    let [row] = await asked()
    while (row === undefined) {
      await new Promise((soon) => setTimeout(soon, 100))
      row = (await asked())[0]
    }
    const { id: approvalId, digest } = row
    const verdict = { approvalId, digest, actor: dana, answer: 'approve', reason: 'Read it.', now: new Date() } as const
    await transaction((tx) => answerAction(tx, verdict))
    await session.ended
    await model.close()
    expect(session.output()).toContain('what the note says')
    expect(await asked()).toHaveLength(1)
    const { rows } = await database.pools.superuser.query('SELECT status FROM action WHERE agent_id = $1', [
      agent.agentId,
    ])
    expect(rows).toEqual([{ status: 'succeeded' }])
  })
})
