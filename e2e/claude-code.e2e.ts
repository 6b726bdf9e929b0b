import { spawn, spawnSync, type SpawnOptionsWithoutStdio } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import AxeBuilder from '@axe-core/playwright'
import { build } from 'esbuild'
import { govern } from '../prisma/scenarios/govern'
import { claudeAgentSdk, claudeCode, clientEnvironment, startSession, type Session } from './support/claude-code'
import { requestOn } from './support/approvals'
import { liftAll } from './support/halts'
import { expect, sessionOf, test } from './support/journey'
import { bash, script, scriptedModel } from './support/scripted-model'
import { personOf, world } from './support/world'

const root = path.resolve(import.meta.dirname, '..')
const program = claudeCode()
let model: Awaited<ReturnType<typeof scriptedModel>>
let place: string

test.skip(program === null, 'The real Claude Code cannot be had on this machine.')
test.beforeAll(async () => {
  model = await scriptedModel()
  place = mkdtempSync(path.join(os.tmpdir(), 'countersign-claude-'))
})
test.afterAll(async () => {
  await model.close()
  rmSync(place, { recursive: true, force: true })
})

const boundaryOf = (slug: string): string => `agent: ${slug}
purpose: Works on one repository, and asks before it publishes
autonomous:
  - claude-code.Read
surfaces:
  commands:
    autonomous: ["touch *", "sleep *"]
    approval_required: ["touch published.txt"]
    never: ["touch forbidden.txt"]
  code:
    autonomous: ["src/**"]
    never: [".github/**"]
audit: all_tool_calls
kill_switch: org-wide, tested monthly
`

type Workplace = { slug: string; folder: string; settings: string; credential: Record<string, string>; token: string }

/** An agent of this journey's own, its folder, and what the guide says to do: a token, and hooks in a settings file. */
async function workplace(slug: string): Promise<Workplace> {
  const agent = {
    slug,
    purpose: 'Works on one repository.',
    team: 'Platform',
    environment: 'development',
    boundary: boundaryOf(slug),
    data: { provider: 'Model host A', region: 'Frankfurt', retention: '0 days', agreement: 'DPA of 10 March 2026' },
  }
  const { clientId, clientSecret } = await govern(world().url, agent, personOf('priya'), personOf('ilse'))
  const credential = { COUNTERSIGN_CLIENT_ID: clientId, COUNTERSIGN_CLIENT_SECRET: clientSecret }
  const folder = path.join(place, slug, 'project')
  mkdirSync(folder, { recursive: true })
  const settings = path.join(place, slug, 'settings.json')
  const made = await countersign(['hook', 'token', '--server', world().url, '--hours', '1'], credential)
  expect(made, made.said).toMatchObject({ code: 0 })
  const installed = await countersign(['hook', 'install', '--server', world().url, '--settings', settings])
  expect(installed.code, installed.said).toBe(0)
  return { slug, folder, settings, credential, token: made.out.trim() }
}

const countersign = (args: string[], env: Record<string, string> = {}) =>
  run(process.execPath, ['bin/countersign.mjs', ...args], { cwd: root, env: { ...process.env, ...env } })

/** Runs a program to its end: its exit code, what it answered, and everything it said. */
function run(
  command: string,
  args: string[],
  options: SpawnOptionsWithoutStdio,
): Promise<{ code: number | null; out: string; said: string }> {
  const child = spawn(command, args, options)
  let [out, said] = ['', '']
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk.toString()
    said += chunk.toString()
  })
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()))
  return new Promise((resolve) => {
    child.once('close', (code) => {
      resolve({ code, out, said })
    })
  })
}

const start = (
  { folder, settings, token }: Workplace,
  prompt: string,
  more: { settings?: string; args?: string[] } = {},
): Session => startSession({ program: program ?? '', model: model.url, folder, settings, token, prompt, ...more })
const made = ({ folder }: Workplace, file: string) => existsSync(path.join(folder, file))

test.afterEach(({ as }) => liftAll(as))

test('what Claude Code may do it does, what is forbidden leaves nothing behind, and the ledger has what came of it', async ({
  as,
}) => {
  const at = await workplace('repo-worker')
  const file = path.join(at.folder, 'src/new.txt')
  const session = start(
    at,
    script(
      bash('touch fine.txt'),
      bash('touch forbidden.txt'),
      bash('touch also.txt; touch forbidden.txt'),
      { name: 'Write', input: { file_path: file, content: 'made\n' } },
      { name: 'Write', input: { file_path: path.join(at.folder, '.github/workflows/x.yml'), content: 'on: push' } },
    ),
  )
  expect(await session.ended, session.output()).toBe(0)
  expect(made(at, 'fine.txt'), session.output()).toBe(true)
  expect(made(at, 'forbidden.txt')).toBe(false)
  expect(readFileSync(file, 'utf8')).toBe('made\n')
  expect(made(at, 'also.txt')).toBe(false)
  expect(made(at, '.github')).toBe(false)
  expect(session.output()).toContain('Countersign forbids this')

  const dana = await as('dana')
  const entries = (what: string | RegExp) => dana.getByRole('row').filter({ hasText: what })
  // the session's last word may come after it ended
  await expect(async () => {
    await dana.goto(`/audit?q=${encodeURIComponent(`agent:${at.slug}`)}`)
    await expect(entries('Run closed')).toHaveCount(1, { timeout: 2_000 })
  }).toPass()
  await expect(entries('Succeeded')).toHaveCount(2)
  await expect(entries(/Forbid(?!d)/)).toHaveCount(3)
  await expect(entries('Run instructed')).toHaveCount(1)
})

test('what waits for a person runs only after a click in a browser', async ({ as }) => {
  const at = await workplace('publisher-agent')
  const dana = await as('dana')
  await dana.goto('/approvals')
  const session = start(at, script(bash('touch published.txt')))
  await requestOn(dana, 'published').click()
  await expect(dana.getByRole('heading', { level: 1, name: /^publisher-agent wants to/ })).toBeVisible()
  expect(made(at, 'published.txt')).toBe(false)
  const verdict = dana.getByRole('form', { name: 'Your verdict' })
  await verdict.getByRole('radio', { name: 'Approve it' }).check()
  await verdict.getByLabel('Reason').fill('It is the release.')
  expect(made(at, 'published.txt')).toBe(false)
  await verdict.getByRole('button', { name: 'Approve this action' }).click()
  expect(await session.ended, session.output()).toBe(0)
  expect(made(at, 'published.txt'), session.output()).toBe(true)
})

test('a halt stops a session in the middle: what runs ends, and nothing more begins', async () => {
  const at = await workplace('halted-worker')
  const session = start(at, script(bash('touch first.txt; sleep 10'), bash('touch second.txt')))
  // the first command runs now, and goes on
  await expect.poll(() => made(at, 'first.txt'), { timeout: 30_000 }).toBe(true)
  const dana = await sessionOf('dana')
  await dana.post('/api/console/halts', { scope: 'agent', agent: at.slug, reason: 'It goes on too long.' })
  await session.ended
  expect(made(at, 'second.txt')).toBe(false)
  expect(session.output()).toContain('"terminal_reason":"hook_stopped"')
  // and none begins
  const asked = model.asked()
  const another = start(at, script(bash('touch third.txt')))
  await another.ended
  expect(made(at, 'third.txt')).toBe(false)
  expect(model.asked()).toBe(asked)
})

test('a server that does not answer is a no', async () => {
  const at = await workplace('orphaned-worker')
  const settings = path.join(place, at.slug, 'down.json')
  const installed = await countersign(['hook', 'install', '--server', 'http://127.0.0.1:9', '--settings', settings])
  expect(installed.code, installed.said).toBe(0)
  const session = start(at, script(bash('touch fine.txt')), { settings, args: ['--allowedTools', 'Bash'] })
  await session.ended
  expect(made(at, 'fine.txt')).toBe(false)
})

test('a token that was revoked is a no, from the next call on: by the command line, and by a person at the console', async ({
  as,
}) => {
  const at = await workplace('revoked-worker')
  const listed = await countersign(['hook', 'token', '--list', '--json', '--server', world().url], at.credential)
  const { tokens } = JSON.parse(listed.out) as { tokens: { id: string; state: string }[] }
  expect(tokens).toMatchObject([{ state: 'live' }])
  const revoke = ['hook', 'token', '--revoke', tokens[0]?.id ?? '', '--server', world().url]
  const revoked = await countersign(revoke, at.credential)
  expect(revoked.code, revoked.said).toBe(0)
  await start(at, script(bash('touch first.txt')), { args: ['--allowedTools', 'Bash'] }).ended
  expect(made(at, 'first.txt')).toBe(false)

  const another = ['hook', 'token', '--machine', 'laptop <b>7</b>', '--server', world().url]
  const token = (await countersign(another, at.credential)).out.trim()
  const dana = await as('dana')
  await dana.goto(`/agents/${at.slug}/credentials`)
  const row = dana.getByRole('row').filter({ hasText: 'laptop <b>7</b>' })
  await expect(row).toContainText('never')
  expect((await new AxeBuilder({ page: dana }).analyze()).violations).toEqual([])
  await row.getByRole('button', { name: 'Revoke now' }).click()
  await expect(dana.getByText('The hook token is revoked: the next call of its session is denied.')).toBeVisible()
  await start({ ...at, token }, script(bash('touch second.txt')), { args: ['--allowedTools', 'Bash'] }).ended
  expect(made(at, 'second.txt')).toBe(false)
})

/** Runs a program under other files in /etc/claude-code, which nobody else sees: as an organisation's machine has them. Needs root. */
const managedBy = (managed: string): string[] => {
  const mounts = `t=$(mktemp -d); mount -t tmpfs tmpfs "$t"; mkdir "$t/u" "$t/w"
mount -t overlay overlay -o "lowerdir=/etc,upperdir=$t/u,workdir=$t/w" /etc; mkdir -p /etc/claude-code; cp -r "$1/." /etc/claude-code/; shift; exec "$@"`
  return ['unshare', '-m', 'bash', '-ec', mounts, '_', managed]
}
const mayManage = (): boolean => {
  const [command = '', ...args] = [...managedBy(root + '/docs/examples'), 'true']
  return process.getuid?.() === 0 && spawnSync(command, args, { stdio: 'ignore' }).status === 0
}

test('what an organisation puts on a machine cannot be passed by, and its program lets no session begin under a halt', async () => {
  const can = mayManage()
  if (!can) process.stderr.write('\n!!! No root, or no overlay: managed settings are NOT tested here.\n')
  test.skip(!can, 'It takes root and an overlay over /etc.')
  const at = await workplace('managed-worker')
  const [managed, helped, helper] = ['managed', 'helped', 'helper'].map((name) => path.join(place, at.slug, name)) as [
    string,
    string,
    string,
  ]
  const write = (...more: string[]) =>
    countersign(['hook', 'managed-settings', '--server', world().url, '--no-sandbox', ...more])
  expect(await write('--output', path.join(managed, 'managed-settings.json'))).toMatchObject({ code: 0 })
  const begin = (folder: string, prompt: string, args: string[] = []) =>
    startSession({
      program: program ?? '',
      model: model.url,
      folder: at.folder,
      token: at.token,
      prompt,
      through: managedBy(folder),
      args,
    })
  const off = path.join(place, at.slug, 'off.json')
  writeFileSync(off, JSON.stringify({ disableAllHooks: true }))
  const around = begin(managed, script(bash('touch fine.txt'), bash('touch forbidden.txt')), [
    '--settings',
    off,
    '--allowedTools',
    'Bash',
  ])
  await around.ended
  expect(made(at, 'fine.txt'), around.output()).toBe(true)
  expect(made(at, 'forbidden.txt')).toBe(false)

  const said = await write('--helper', helper)
  expect(said.code, said.said).toBe(0)
  mkdirSync(helped)
  copyFileSync(path.join(helper, 'managed-settings.json'), path.join(helped, 'managed-settings.json'))
  const through = begin(helped, script(bash('touch helped.txt'), bash('touch forbidden.txt')), [
    '--settings',
    off,
    '--allowedTools',
    'Bash',
  ])
  await through.ended
  expect(made(at, 'helped.txt'), through.output()).toBe(true)
  expect(made(at, 'forbidden.txt')).toBe(false)
  await (await sessionOf('dana')).post('/api/console/halts', { scope: 'agent', agent: at.slug, reason: 'For now.' })
  const none = begin(helped, script(bash('touch halted.txt')))
  expect(await none.ended).not.toBe(0)
  expect(none.output()).toContain('lets no session begin')
})

test('an agent on the Agent SDK is governed by the shipped hooks, and a server that does not answer is a no', async () => {
  const sdk = claudeAgentSdk()
  test.skip(sdk === null, 'The Claude Agent SDK cannot be had on this machine.')
  const at = await workplace('sdk-worker')
  const bundle = path.join(place, at.slug, 'agent.mjs')
  await build({
    entryPoints: [path.join(root, 'docs/examples/claude-agent.mjs')],
    outfile: bundle,
    bundle: true,
    platform: 'node',
    format: 'esm',
    plugins: [
      {
        name: 'real-sdk',
        setup: (bundling) => {
          bundling.onResolve({ filter: /^@anthropic-ai\/claude-agent-sdk$/ }, () => ({
            path: sdk ?? '',
            external: true,
          }))
        },
      },
    ],
  })
  const play = (server: string, ...commands: string[]) =>
    run(process.execPath, [bundle, script(...commands.map(bash))], {
      cwd: at.folder,
      env: {
        ...clientEnvironment(model.url, path.join(place, at.slug, 'home')),
        ...at.credential,
        COUNTERSIGN_SERVER: server,
      } as unknown as NodeJS.ProcessEnv,
    })
  const said = await play(world().url, 'touch fine.txt', 'touch forbidden.txt')
  expect(made(at, 'fine.txt'), said.said).toBe(true)
  expect(made(at, 'forbidden.txt')).toBe(false)
  expect(said.said).toContain('Countersign forbids this')
  await play('http://127.0.0.1:9', 'touch unasked.txt')
  expect(made(at, 'unasked.txt')).toBe(false)
})

test('every command of the guide does what it says', async () => {
  const at = await workplace('guide-reader')
  const guide = readFileSync(path.join(root, 'docs/guides/claude-code.md'), 'utf8').replaceAll(
    'https://countersign.example',
    world().url,
  )
  const blocks = Array.from(guide.matchAll(/```sh\n([\s\S]*?)```/g), ([, block]) => block ?? '')
  expect(blocks.length).toBeGreaterThan(3)
  const home = path.join(place, at.slug, 'home')
  const folder = path.join(place, at.slug, 'reading')
  for (const each of [home, folder]) mkdirSync(each, { recursive: true })
  const npx = `npx() { shift; ${process.execPath} ${path.join(root, 'bin/countersign.mjs')} "$@"; }`
  const { code, said } = await run('bash', ['-euc', [npx, ...blocks, 'echo "token: $COUNTERSIGN_TOKEN"'].join('\n')], {
    cwd: folder,
    env: { ...process.env, ...at.credential, HOME: home },
  })
  expect(code, said).toBe(0)
  expect(said).toMatch(/token: cs_hook_[\w-]{43}$/m)
  expect(JSON.parse(readFileSync(path.join(home, '.claude/settings.json'), 'utf8'))).toEqual({})
  expect(existsSync(path.join(folder, 'managed/managed-settings.json'))).toBe(true)
  expect(existsSync(path.join(folder, 'helper/countersign-policy-helper'))).toBe(true)
})
