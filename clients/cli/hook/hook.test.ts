import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { afterAll, describe, expect, it } from 'vitest'
import { run } from '../hook'
import { findingsIn } from './check'
import { managedDocument } from './document'
import { mergeHooks } from './merge'
import { HOOKED_EVENTS, hooksFor } from './settings'

const folder = mkdtempSync(path.join(tmpdir(), 'countersign-hook-'))
afterAll(() => {
  rmSync(folder, { recursive: true, force: true })
})
const SERVER = 'https://countersign.example'
const OPTIONS = { server: SERVER, waitSeconds: 570, prompts: true }

async function hook(...args: string[]) {
  let [out, error] = ['', '']
  const code = await run(args, { out: (text) => (out += text), error: (text) => (error += text) })
  return { code, out, error }
}

describe('the hooks', () => {
  it('block where the server does not answer, before a tool, a question and a prompt; and never at the end of a turn', () => {
    const hooks = hooksFor(OPTIONS)
    const blocking = Object.entries(hooks).filter(([, [group]]) => group?.hooks[0]?.onFailure === 'block')
    expect(blocking.map(([event]) => event)).toEqual(['PreToolUse', 'PermissionRequest', 'UserPromptSubmit'])
    expect(Object.keys(hooks)).toEqual([...HOOKED_EVENTS])
  })

  it('wait longer than the server does, and read the token from the environment', () => {
    const [group] = hooksFor(OPTIONS).PreToolUse ?? []
    expect(group).toMatchObject({
      matcher: '*',
      hooks: [
        {
          url: `${SERVER}/api/hooks/claude-code?event=PreToolUse&wait=570`,
          timeout: 600,
          headers: { Authorization: 'Bearer $COUNTERSIGN_TOKEN' },
          allowedEnvVars: ['COUNTERSIGN_TOKEN'],
          statusMessage: expect.stringContaining(`${SERVER}/approvals`) as string,
        },
      ],
    })
  })
})

describe('hook install', () => {
  const theirs = { hooks: [{ type: 'command', command: 'echo hi' }] }
  const settings = { model: 'opus', hooks: { PreToolUse: [theirs], Notification: [theirs] }, env: { A: '1' } }

  it('adds ours beside theirs, replaces earlier ones of ours, and takes out nothing but ours', () => {
    const once = mergeHooks(settings, hooksFor(OPTIONS))
    expect(once).toMatchObject({ model: 'opus', env: { A: '1' } })
    expect((once.hooks as Record<string, unknown[]>).PreToolUse).toHaveLength(2)
    expect(mergeHooks(once, hooksFor(OPTIONS))).toEqual(once)
    const moved = mergeHooks(once, hooksFor({ ...OPTIONS, server: 'https://other.example' }))
    expect(JSON.stringify(moved)).not.toContain(SERVER)
    expect(mergeHooks(moved, null)).toEqual(settings)
    expect(mergeHooks(mergeHooks({ a: 1 }, hooksFor(OPTIONS)), null)).toEqual({ a: 1 })
  })

  it('writes the file once, keeps what was there beside it, and does nothing the second time', async () => {
    const file = path.join(folder, 'a/settings.json')
    const first = await hook('install', '--server', SERVER, '--settings', file)
    expect(first).toMatchObject({ code: 0, error: '' })
    expect(existsSync(`${file}.before-countersign`)).toBe(false)
    expect((await hook('install', '--server', SERVER, '--settings', file)).out).toContain('already')
    const other = path.join(folder, 'settings.json')
    const text = JSON.stringify(settings)
    writeFileSync(other, text)
    await hook('install', '--server', SERVER, '--settings', other)
    expect(readFileSync(`${other}.before-countersign`, 'utf8')).toBe(text)
    await hook('install', '--uninstall', '--settings', other)
    expect(JSON.parse(readFileSync(other, 'utf8'))).toEqual(settings)
    expect((await hook('install', '--uninstall', '--settings', other)).out).toContain('no hooks of ours')
  })

  it('leaves a file it cannot read as it is', async () => {
    const file = path.join(folder, 'broken.json')
    writeFileSync(file, '{ "hooks": ')
    expect(await hook('install', '--server', SERVER, '--settings', file)).toMatchObject({ code: 2 })
    expect(readFileSync(file, 'utf8')).toBe('{ "hooks": ')
  })

  it.each([
    ['a server nobody can send a token to', ['install', '--server', 'http://countersign.example']],
    ['no server', ['install']],
    ['two places', ['install', '--server', SERVER, '--user', '--project']],
    ['a wait of no seconds', ['install', '--server', SERVER, '--wait', 'long']],
    ['servers without their header', ['managed-settings', '--server', SERVER, '--mcp', 'crm']],
    ['no word', []],
    ['another word', ['frobnicate']],
    ['an unknown option', ['install', '--frob']],
  ])('refuses %s, and says how it is used', async (_, args) => {
    const said = await hook(...args)
    expect(said.code).toBe(2)
    expect(said.error).toContain('Usage:')
  })
})

describe('hook managed-settings', () => {
  const whole = () => managedDocument({ ...OPTIONS, mcp: [], domains: [], sandbox: true })
  const wrongIn = (document: unknown) => findingsIn(document).filter(({ kind }) => kind === 'wrong')
  type Broken = (document: ReturnType<typeof whole> & { hooks: ReturnType<typeof hooksFor> }) => void
  const first = (document: { hooks: ReturnType<typeof hooksFor> }, event = 'PreToolUse') =>
    document.hooks[event]?.[0]?.hooks[0] as unknown as Record<string, unknown>

  it('writes what it finds nothing wrong with, and says what remains open', async () => {
    expect(wrongIn(whole())).toEqual([])
    const file = path.join(folder, 'managed-settings.json')
    const said = await hook(
      'managed-settings',
      '--server',
      SERVER,
      '--output',
      file,
      '--mcp',
      'crm',
      '--mcp-headers',
      '/opt/headers',
    )
    expect(said.code).toBe(0)
    expect(said.error).toMatch(/^open {3}the machine: /m)
    expect(JSON.parse(readFileSync(path.join(folder, 'managed-mcp.json'), 'utf8'))).toMatchObject({
      mcpServers: { crm: { type: 'http', url: `${SERVER}/mcp/crm`, headersHelper: '/opt/headers' } },
    })
    expect((await hook('managed-settings', '--check', file)).code).toBe(0)
  })

  it.each<[string, Broken]>([
    ['hooks.PreToolUse', (document) => delete document.hooks.PreToolUse],
    ['hooks.Stop', (document) => delete document.hooks.Stop],
    ['hooks.PreToolUse[0].hooks[0].timeout', (document) => (first(document).timeout = '600')],
    ['hooks.PreToolUse[0].hooks[0].onFailure', (document) => delete first(document).onFailure],
    [
      'hooks.UserPromptSubmit[0].hooks[0].onFailure',
      (document) => delete first(document, 'UserPromptSubmit').onFailure,
    ],
    ['hooks.PreToolUse[0].hooks[0].headers', (document) => delete first(document).allowedEnvVars],
    [
      'hooks.PreToolUse[0].hooks[0].url',
      (document) => {
        first(document).url = 'http://countersign.example/api/hooks/claude-code'
        document.allowedHttpHookUrls = ['*']
      },
    ],
    [
      'hooks.PreToolUse[0].matcher',
      (document) => Object.assign(document.hooks.PreToolUse?.[0] ?? {}, { matcher: 'Bash' }),
    ],
    ['hooks.PreToolUse[0].hooks[0].if', (document) => (first(document).if = 'Bash(git *)')],
    [
      'hooks.PreToolUse[0].if',
      (document) => Object.assign(document.hooks.PreToolUse?.[0] ?? {}, { if: 'Bash(git *)' }),
    ],
    ['hooks.PreToolUse[0].hooks[0].async', (document) => (first(document).async = true)],
    ['hooks.PreToolUse[0].hooks[0].timeout', (document) => (first(document).timeout = 10)],
    ['hooks.PreToolUse[0].hooks[0].timeout', (document) => (first(document).timeout = 570)],
    [
      'hooks.PreToolUse[0].hooks[0].url',
      (document) => (first(document).url = `${SERVER}/api/hooks/claude-code?event=PostToolUse&wait=570`),
    ],
    [
      'hooks.Stop[0].hooks[0].url',
      (document) => {
        first(document, 'Stop').url = 'https://elsewhere.example/api/hooks/claude-code?event=Stop'
        document.allowedHttpHookUrls = ['*']
      },
    ],
    ['allowedHttpHookUrls', (document) => (document.allowedHttpHookUrls = ['https://elsewhere.example/*'])],
    ['allowedHttpHookUrls', (document) => (document.allowedHttpHookUrls = [])],
    ['httpHookAllowedEnvVars', (document) => (document.httpHookAllowedEnvVars = [])],
    ['allowedMcpServers', (document) => delete document.allowedMcpServers],
    ['allowedMcpServers[0]', (document) => (document.allowedMcpServers = [{ serverUrl: 'https://*' }])],
    ['allowedMcpServers[0]', (document) => (document.allowedMcpServers = [{ serverName: 'crm' }])],
    ['allowManagedHooksOnly', (document) => delete document.allowManagedHooksOnly],
    ['disableAllHooks', (document) => (document.disableAllHooks = true)],
    ['requiredMinimumVersion', (document) => (document.requiredMinimumVersion = '2.1.294')],
    ['requiredMinimumVersion', (document) => (document.requiredMinimumVersion = 'newest')],
    ['permissions.disableBypassPermissionsMode', (document) => (document.permissions = {})],
    ['allowManagedMcpServersOnly', (document) => (document.allowManagedMcpServersOnly = false)],
  ])('finds what is wrong: %s', (at, breaks) => {
    const document = structuredClone(whole()) as Parameters<Broken>[0]
    breaks(document)
    expect([...new Set(wrongIn(document).map((finding) => finding.at))]).toEqual([at])
  })

  it('finds a whole file of another server wrong, where the server is said', async () => {
    const file = path.join(folder, 'moved.json')
    writeFileSync(file, JSON.stringify(whole()))
    expect((await hook('managed-settings', '--check', file, '--server', SERVER)).code).toBe(0)
    const said = await hook('managed-settings', '--check', file, '--server', 'https://real.example')
    expect(said.code).toBe(1)
    expect(said.error).toContain(
      'wrong  hooks.PreToolUse[0].hooks[0].url: It asks another server than https://real.example',
    )
  })

  it('checks a file, and fails where something is wrong with it', async () => {
    const file = path.join(folder, 'weak.json')
    writeFileSync(file, JSON.stringify({ ...whole(), requiredMinimumVersion: '2.1.100' }))
    const said = await hook('managed-settings', '--check', file)
    expect(said.code).toBe(1)
    expect(said.error).toContain('wrong  requiredMinimumVersion')
    expect((await hook('managed-settings', '--check', path.join(folder, 'none.json'))).code).toBe(2)
  })

  it('says that commands may do more than their text where the sandbox is off', () => {
    const loose = managedDocument({ ...OPTIONS, mcp: [], domains: [], sandbox: false })
    expect(findingsIn(loose)).toContainEqual(expect.objectContaining({ kind: 'open', at: 'sandbox' }))
    expect(findingsIn(whole())).not.toContainEqual(expect.objectContaining({ at: 'sandbox' }))
  })

  it('writes a program that no node in PATH and no NODE_OPTIONS of the session has a word in', async () => {
    const heard: string[] = []
    const server = http.createServer((request, response) => {
      heard.push(request.headers.authorization ?? '')
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"begins":true}')
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    try {
      const url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`
      const helper = path.join(folder, "a helper's")
      const said = await hook('managed-settings', '--server', url, '--helper', helper)
      expect(said.code).toBe(0)
      const managed = path.join(helper, 'managed-settings.json')
      const checked = await hook('managed-settings', '--check', managed, '--server', url)
      expect(checked).toMatchObject({ code: 0, error: expect.stringMatching(/^open {3}policyHelper: /m) as string })
      const { policyHelper, hooks } = JSON.parse(readFileSync(managed, 'utf8')) as {
        policyHelper: { path: string }
        hooks: object
      }
      expect(Object.keys(hooks)).toContain('PreToolUse')
      // what somebody at the machine would put in its way
      const forged = `process.stdout.write('{"managedSettings":{}}');process.exit(0)`
      const forge = path.join(folder, 'forge.cjs')
      writeFileSync(forge, forged)
      const bin = path.join(folder, 'bin')
      mkdirSync(bin)
      writeFileSync(path.join(bin, 'node'), `#!/bin/sh\necho '{"managedSettings":{}}'\n`, { mode: 0o755 })
      const env = { PATH: `${bin}:/usr/bin:/bin`, NODE_OPTIONS: `--require ${forge}`, COUNTERSIGN_TOKEN: 'cs_hook_x' }
      const start = (environment: object) =>
        promisify(execFile)(policyHelper.path, { env: environment as NodeJS.ProcessEnv })
      const { stdout } = await start(env)
      expect(JSON.parse(stdout)).toMatchObject({ managedSettings: { allowManagedHooksOnly: true, hooks } })
      expect(heard).toEqual(['Bearer cs_hook_x'])
      await expect(start({ PATH: env.PATH })).rejects.toMatchObject({
        code: 1,
      })
    } finally {
      server.close()
    }
  })
})
