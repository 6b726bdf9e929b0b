import fs from 'node:fs'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { run } from '@/clients/cli/exec'
import { makeRunnerKey } from '@/clients/exec/runner-key'
import { runtimeHere } from '@/clients/exec/runtime'
import { enrolRunner } from '@/lib/agents/enrol-runner'
import { agentNamed } from '@/lib/agents/read'
import type { Boundary } from '@/lib/boundary/boundary'
import { parseBoundary } from '@/lib/boundary/parse'
import { transaction } from '@/lib/db/client'
import { testDatabase } from '@/lib/db/testing'
import { governed, type Governed } from '@/lib/decisions/governed-testing'
import { lifecycle } from '@/lib/decisions/lifecycle-testing'
import { testGateway } from '@/lib/gateway/gateway-testing'
import { engage } from '@/lib/halt/engage'
import { openPayload } from '@/lib/ledger/open'
import { testPerson } from '@/lib/people/testing'

// The verb against a real server on a socket, in real sandboxes of this machine.
const here = runtimeHere()
const database = await testDatabase()
const { app } = await testGateway(database)
const { superuser } = database.pools
const { verdict } = lifecycle(database)
const server = await app.listen({ port: 0, host: '127.0.0.1' })
const dana = await testPerson(['analyst'])
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'exec-verb-'))
const workspace = path.join(folder, 'project')
fs.mkdirSync(workspace)
afterAll(() => {
  fs.rmSync(folder, { recursive: true, force: true })
})

const documentOf = (sandbox: string): Boundary => {
  const read = parseBoundary(
    `agent: ag\n${sandbox}\nsurfaces: {commands: {autonomous: ["cat *", "sh *", "touch *"], approval_required: [id], never: ["rm *"]}}`,
  )
  if (!read.ok) throw new Error(JSON.stringify(read.errors))
  return read.document
}
const SANDBOX = 'sandbox: {isolated: true, credentials: none, egress: none, filesystem: workspace}'

let made = 0
async function runnerOf(agent: Governed): Promise<string> {
  const file = path.join(folder, `key-${String((made += 1))}.json`)
  const printed = makeRunnerKey(file)
  await transaction(async (tx) =>
    enrolRunner(
      tx,
      { id: agent.personId },
      await agentNamed(tx, agent.slug),
      { name: 'here', key: printed },
      new Date(),
    ),
  )
  return file
}

async function exec(agent: Governed, args: string[], at = server, signal = new AbortController().signal) {
  let out = ''
  let error = ''
  const code = await run(
    ['--server', at, '--workspace', workspace, ...args],
    {
      out: (text) => void (out += text),
      error: (text) => void (error += text),
    },
    {
      ...process.env,
      XDG_STATE_HOME: path.join(folder, 'state'),
      COUNTERSIGN_CLIENT_ID: agent.clientId,
      COUNTERSIGN_CLIENT_SECRET: agent.clientSecret,
    },
    signal,
  )
  return { code, out, error }
}
const last = async (agent: Governed) => {
  const { rows } = await superuser.query<{ id: string; status: string; decision: string }>(
    'SELECT id::text AS id, status, decision FROM action WHERE agent_id = $1 ORDER BY id DESC LIMIT 1',
    [agent.agentId],
  )
  return rows[0]
}
/** What the ledger keeps of how an action ended. */
async function outcomeOf(id: string): Promise<string> {
  const { rows } = await superuser.query<{ id: string }>(
    `SELECT id::text AS id FROM ledger.entry WHERE action_id = $1 AND kind = 'action.completed'`,
    [id],
  )
  return JSON.stringify(await openPayload(database.pools.app, rows[0]?.id ?? ''))
}

if ('problems' in here)
  process.stderr.write(`\nSKIPPED, LOUDLY: countersign exec was not run: ${here.problems.join(' ')}\n\n`)

describe.skipIf('problems' in here)('countersign exec', { timeout: 240_000 }, () => {
  let agent: Governed
  let key: string
  beforeAll(async () => {
    agent = await governed(superuser, documentOf(SANDBOX))
    key = await runnerOf(agent)
    fs.writeFileSync(path.join(workspace, 'a.txt'), 'hello')
    fs.writeFileSync(path.join(workspace, 'look.sh'), 'env; ls /root/.ssh; echo x > /usr/x; exit 9')
    fs.writeFileSync(path.join(workspace, 'beat.sh'), 'while :; do echo on > beat; sleep 0.05; done')
  })

  it('runs what is allowed, in its sandbox, and reports digests of what it said', async () => {
    const ended = await exec(agent, ['--key', key, '--', 'cat', 'a.txt'])
    expect(ended).toMatchObject({ code: 0, out: 'hello' })
    const action = await last(agent)
    expect(action).toMatchObject({ status: 'succeeded', decision: 'allow' })
    const told = await outcomeOf(action?.id ?? '')
    expect(told).toContain('sha256:2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824')
    expect(told).not.toContain('hello')
  })

  it('keeps its secrets to itself, and its exit code is the command’s', async () => {
    const ended = await exec(agent, ['--key', key, '--', 'sh', 'look.sh'])
    expect(ended.code).toBe(9)
    expect(ended.out).not.toContain(agent.clientSecret)
    expect(ended.out).not.toContain('COUNTERSIGN_CLIENT')
    expect(await last(agent)).toMatchObject({ status: 'failed' })
  })

  it('keeps the output where that is asked for, and says it all in one line of JSON', async () => {
    const ended = await exec(agent, ['--key', key, '--keep-output', '--json', '--', 'cat', 'a.txt'])
    expect(JSON.parse(ended.out)).toMatchObject({
      result: 'ended',
      exit: 0,
      status: 'succeeded',
      attested: true,
      ended: { code: 0, stdout: { kept: 'hello', bytes: 5 } },
    })
    expect(await outcomeOf((await last(agent))?.id ?? '')).toContain('hello')
  })

  it('runs nothing that is forbidden', async () => {
    const ended = await exec(agent, ['--key', key, '--', 'rm', 'a.txt'])
    expect(ended.code).toBe(120)
    expect(ended.error).toContain('not run')
    expect(fs.existsSync(path.join(workspace, 'a.txt'))).toBe(true)
  })

  it('runs nothing without an attestation where the boundary asks for one, and says what to do', async () => {
    const ended = await exec(agent, ['--', 'touch', 'unattested'])
    expect(ended.code).toBe(120)
    expect(ended.error).toContain('sandbox_missing')
    expect(ended.error).toContain('Enrol a runner')
    expect(fs.existsSync(path.join(workspace, 'unattested'))).toBe(false)
  })

  it('waits for a person, saying where to answer, and runs once they approved', async () => {
    const running = exec(agent, ['--key', key, '--why', 'to know who I am', '--', 'id'])
    let waiting: { approval_id: string; digest: Buffer } | undefined
    while (waiting === undefined) {
      const { rows } = await superuser.query<{ approval_id: string; digest: Buffer }>(
        `SELECT approval_id::text AS approval_id, digest FROM action WHERE agent_id = $1 AND status = 'held'`,
        [agent.agentId],
      )
      waiting = rows[0]
      await sleep(50)
    }
    await verdict(waiting.approval_id, `sha256:${waiting.digest.toString('hex')}`, dana, 'approve')
    const ended = await running
    expect(ended).toMatchObject({ code: 0 })
    expect(ended.error).toContain('https://countersign.test/approvals/')
    expect(ended.out).toContain('uid=')
    const { rows } = await superuser.query('SELECT 1 FROM sandbox_attestation WHERE action_id = $1', [
      (await last(agent))?.id,
    ])
    // what was proposed, and what was claimed
    expect(rows).toHaveLength(2)
  })

  it('a halt kills what runs, and it is reported as aborted', async () => {
    const target = await governed(superuser, documentOf(SANDBOX))
    const running = exec(target, ['--key', await runnerOf(target), '--', 'sh', 'beat.sh'])
    while (!fs.existsSync(path.join(workspace, 'beat'))) await sleep(20)
    await engage({ scope: 'agent', agent: target.slug, reason: 'now', by: dana.id, now: new Date() })
    const ended = await running
    expect(ended.code).toBe(122)
    expect(ended.error).toContain('killed')
    expect(await last(target)).toMatchObject({ status: 'aborted' })
    fs.rmSync(path.join(workspace, 'beat'))
    await sleep(300)
    expect(fs.existsSync(path.join(workspace, 'beat'))).toBe(false)
  })

  it('whoever ends it ends the command', async () => {
    const stop = new AbortController()
    const running = exec(agent, ['--key', key, '--', 'sh', 'beat.sh'], server, stop.signal)
    while (!fs.existsSync(path.join(workspace, 'beat'))) await sleep(20)
    stop.abort(Object.assign(new Error('SIGTERM ended it.'), { name: 'AbortError' }))
    expect((await running).code).toBe(122)
    fs.rmSync(path.join(workspace, 'beat'))
    await sleep(300)
    expect(fs.existsSync(path.join(workspace, 'beat'))).toBe(false)
  })

  it('with nobody to ask, nothing runs', async () => {
    const ended = await exec(agent, ['--key', key, '--', 'touch', 'unasked'], 'http://127.0.0.1:9')
    expect(ended.code).toBe(121)
    expect(ended.error).toContain('not run')
    expect(fs.existsSync(path.join(workspace, 'unasked'))).toBe(false)
  })

  it('what a server says is shown, and not obeyed by a terminal', async () => {
    const hostile = http.createServer((_, response) => {
      const detail = 'Not you.\u001b]0;owned\u0007\u001b[2J\u202e\ncountersign exec: it ran.'
      response.writeHead(403, { 'content-type': 'application/problem+json' })
      response.end(JSON.stringify({ code: 'forbidden\u001b[2J', detail }))
    })
    await new Promise<void>((resolve) => hostile.listen(0, '127.0.0.1', resolve))
    const { port } = hostile.address() as AddressInfo
    try {
      const ended = await exec(agent, ['--', 'id'], `http://127.0.0.1:${String(port)}`)
      expect(ended.code).toBe(121)
      expect(ended.error).toContain('Not you.[U+001B]]0;owned[U+0007]')
      expect(ended.error.trimEnd()).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202e]/)
    } finally {
      hostile.close()
    }
  })

  it('whatever a command says, its outcome is recorded', async () => {
    for (const [name, byte] of [
      ['loud.sh', '\\001'],
      ['nothing.sh', '\\000'],
    ] as const) {
      const say = `head -c 40000 /dev/zero | tr '\\000' '${byte}'`
      fs.writeFileSync(path.join(workspace, name), `${say}; ${say} >&2; exit 6`)
      const ended = await exec(agent, ['--key', key, '--keep-output', '--json', '--', 'sh', name])
      expect(JSON.parse(ended.out), ended.out.slice(0, 300)).toMatchObject({ result: 'ended', exit: 6 })
      const action = await last(agent)
      expect(action).toMatchObject({ status: 'failed' })
      expect(await outcomeOf(action?.id ?? '')).toContain('"bytes":40000')
    }
  })

  it('where it is allowed but no sandbox can be made, that is what it says, and nothing has run', async () => {
    const before = process.env['TMPDIR']
    process.env['TMPDIR'] = path.join(folder, 'not-there')
    try {
      const ended = await exec(agent, ['--key', key, '--', 'touch', 'unmade'])
      expect(ended.code).toBe(121)
      expect(ended.error).toMatch(/no sandbox could be made.*not-there.*no_sandbox/)
    } finally {
      if (before === undefined) delete process.env['TMPDIR']
      else process.env['TMPDIR'] = before
    }
    expect(await last(agent)).toMatchObject({ status: 'failed' })
    expect(fs.existsSync(path.join(workspace, 'unmade'))).toBe(false)
  })

  it('what takes more than the boundary lets it is killed, attested and recorded as that', async () => {
    const bounded = `sandbox: {isolated: true, credentials: none, egress: none, filesystem: workspace, time: 30m, memory: 200MB, processes: 500}`
    const target = await governed(superuser, documentOf(bounded))
    fs.writeFileSync(
      path.join(workspace, 'greedy.sh'),
      'for n in 1 2 3 4; do (head -c 80M /dev/zero | tail -c 80M | sleep 600) & done; wait',
    )
    const ended = await exec(target, ['--key', await runnerOf(target), '--memory', '4GiB', '--', 'sh', 'greedy.sh'])
    expect(ended.code, ended.error).toBe(123)
    expect(ended.error).toContain('more memory than it may have')
    const action = await last(target)
    expect(action).toMatchObject({ status: 'failed' })
    const told = await outcomeOf(action?.id ?? '')
    expect(told).toContain('"stopped":"memory"')
    expect(told).toContain('It took more memory than it may have, and was killed.')
    const { rows } = await superuser.query<{ enforced: unknown }>(
      'SELECT enforced FROM sandbox_attestation WHERE action_id = $1',
      [action?.id],
    )
    expect(rows).toMatchObject([{ enforced: { time: 600_000, memory: 200e6, processes: 500 } }])
  })

  it('where the boundary asks no sandbox, it is run in one all the same', async () => {
    const loose = await governed(superuser, documentOf(''))
    const ended = await exec(loose, ['--', 'sh', 'look.sh'])
    expect(ended.out).toContain('COUNTERSIGN_SANDBOX=1')
    expect(ended.code).toBe(9)
  })
})

describe('its arguments', () => {
  const silent = { out: () => undefined, error: () => undefined }
  it.each([
    [[]],
    [['--server', 'nonsense', '--', 'id']],
    [['--server', 'http://localhost', '--timeout', '0', '--', 'id']],
    [['--server', 'http://localhost', '--memory', '2 GB', '--', 'id']],
    [['--server', 'http://localhost', '--memory', '1MB', '--', 'id']],
    [['--server', 'http://localhost', '--processes', '0', '--', 'id']],
    [['--server', 'http://localhost', '--workspace', '/', '--', 'id']],
    [['--server', 'http://localhost', '--workspace', os.homedir(), '--', 'id']],
    [['--server', 'http://localhost', '--workspace', '/etc/ssl', '--', 'id']],
    [['--server', 'http://localhost', '--key', '/nonexistent', '--', 'id']],
    [['--runtime', 'docker', '--', 'id']],
    [['--server', 'http://localhost', '--', 'A=b', 'rm', '-rf', '.']],
    [['--server', 'http://localhost', '--', '-i', 'rm', '-rf', '.']],
  ])('%j is wrong usage', async (args: string[]) => {
    const env = { COUNTERSIGN_CLIENT_ID: 'x', COUNTERSIGN_CLIENT_SECRET: 'y' }
    expect(await run(args, silent, env, new AbortController().signal)).toBe(2)
  })

  it('a key in the workspace is not used: the command would read it', async () => {
    let error = ''
    const terminal = { out: () => undefined, error: (text: string) => void (error += text) }
    const file = path.join(workspace, 'runner.json')
    makeRunnerKey(file)
    const args = ['--server', 'http://localhost', '--workspace', workspace, '--key', file, '--', 'id']
    const env = { COUNTERSIGN_CLIENT_ID: 'x', COUNTERSIGN_CLIENT_SECRET: 'y' }
    expect(await run(args, terminal, env, new AbortController().signal)).toBe(2)
    expect(error).toContain('lies in the workspace')
  })

  it('a key among the files that every command sees is not used', async () => {
    let error = ''
    const terminal = { out: () => undefined, error: (text: string) => void (error += text) }
    const link = path.join(folder, 'linked.json')
    fs.symlinkSync('/etc/ssl/openssl.cnf', link)
    const env = { COUNTERSIGN_CLIENT_ID: 'x', COUNTERSIGN_CLIENT_SECRET: 'y' }
    for (const file of ['/usr/bin/env', link]) {
      const args = ['--server', 'http://localhost', '--workspace', workspace, '--key', file, '--', 'id']
      expect(await run(args, terminal, env, new AbortController().signal)).toBe(2)
      expect(error).toContain('which every command sees')
      error = ''
    }
  })

  it('a new key is made once, for its user alone, and only its public part is printed', async () => {
    let out = ''
    const file = path.join(folder, 'made.json')
    const terminal = { out: (text: string) => void (out += text), error: () => undefined }
    expect(await run(['key', file], terminal, {}, new AbortController().signal)).toBe(0)
    expect(fs.statSync(file).mode & 0o777).toBe(0o600)
    expect(Object.keys(JSON.parse(out) as object)).toEqual(['kty', 'crv', 'x'])
    expect(await run(['key', file], terminal, {}, new AbortController().signal)).toBe(2)
    fs.chmodSync(file, 0o644)
    const args = ['--server', 'http://localhost', '--key', file, '--', 'id']
    const env = { COUNTERSIGN_CLIENT_ID: 'x', COUNTERSIGN_CLIENT_SECRET: 'y' }
    expect(await run(args, silent, env, new AbortController().signal)).toBe(2)
  })
})
