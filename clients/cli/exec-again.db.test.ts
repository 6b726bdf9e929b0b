import { spawn, type ChildProcess } from 'node:child_process'
import fs from 'node:fs'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { build } from 'esbuild'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { run } from '@/clients/cli/exec'
import { programAt } from '@/clients/exec/bubblewrap'
import { makeRunnerKey } from '@/clients/exec/runner-key'
import { runtimeHere } from '@/clients/exec/runtime'
import { enrolRunner } from '@/lib/agents/enrol-runner'
import { agentNamed } from '@/lib/agents/read'
import { parseBoundary } from '@/lib/boundary/parse'
import { transaction } from '@/lib/db/client'
import { testDatabase } from '@/lib/db/testing'
import { governed, type Governed } from '@/lib/decisions/governed-testing'
import { lifecycle } from '@/lib/decisions/lifecycle-testing'
import { testGateway } from '@/lib/gateway/gateway-testing'
import { testPerson } from '@/lib/people/testing'

// The verb, killed and started again, against a real server on a socket, in a real sandbox.
const here = runtimeHere()
const database = await testDatabase()
const { app } = await testGateway(database)
const { superuser } = database.pools
const { verdict } = lifecycle(database)
const server = await app.listen({ port: 0, host: '127.0.0.1' })
const dana = await testPerson(['analyst'])
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'exec-again-'))
const workspace = path.join(folder, 'project')
fs.mkdirSync(workspace)
fs.writeFileSync(path.join(workspace, 'other.sh'), 'echo ran >> ran')
const root = path.resolve(import.meta.dirname, '../..')
// beside the repository's packages, so that the runtime is found
const program = path.join(root, `.exec-again-${String(process.pid)}.mjs`)
const started: ChildProcess[] = []
afterAll(() => {
  for (const each of started) each.kill('SIGKILL')
  fs.rmSync(folder, { recursive: true, force: true })
  fs.rmSync(program, { force: true })
})

let made = 0
async function runner(): Promise<{ agent: Governed; args: string[]; env: Record<string, string> }> {
  const read = parseBoundary(
    `agent: ag\nsandbox: {isolated: true, credentials: none, egress: none, filesystem: workspace}\nsurfaces: {commands: {autonomous: ["sh *"], approval_required: ["touch *", id]}}`,
  )
  if (!read.ok) throw new Error(JSON.stringify(read.errors))
  const agent = await governed(superuser, read.document)
  const file = path.join(folder, `key-${String((made += 1))}.json`)
  const key = makeRunnerKey(file)
  await transaction(async (tx) =>
    enrolRunner(tx, { id: agent.personId }, await agentNamed(tx, agent.slug), { name: 'here', key }, new Date()),
  )
  return {
    agent,
    args: ['--workspace', workspace, '--key', file],
    env: {
      ...(process.env as Record<string, string>),
      XDG_STATE_HOME: path.join(folder, 'state'),
      COUNTERSIGN_CLIENT_ID: agent.clientId,
      COUNTERSIGN_CLIENT_SECRET: agent.clientSecret,
    },
  }
}

type Row = { id: string; status: string; run: string; approval: string; digest: Buffer }
const actionsOf = async (agent: Governed) => {
  const { rows } = await superuser.query<Row>(
    `SELECT id::text AS id, status, run_id::text AS run, approval_id::text AS approval, digest FROM action WHERE agent_id = $1 ORDER BY id`,
    [agent.agentId],
  )
  return rows
}
async function heldOf(agent: Governed): Promise<Row> {
  for (;;) {
    const held = (await actionsOf(agent)).find(({ status }) => status === 'held')
    if (held) return held
    await sleep(50)
  }
}
const approve = ({ approval, digest }: Row) => verdict(approval, `sha256:${digest.toString('hex')}`, dana, 'approve')

/** What lies between a client and the server, and takes what is asked there and what is answered back, unless that is to be lost. */
async function between(loses: (request: http.IncomingMessage) => boolean): Promise<{ at: string; close: () => void }> {
  const passing = http.createServer((request, response) => {
    const { method, headers, url = '' } = request
    const passed = http.request(new URL(url, server), { method, headers })
    passed.once('response', (answer) => {
      if (loses(request)) {
        answer.resume().once('end', () => response.destroy())
        return
      }
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(response)
    })
    passed.on('error', () => response.destroy())
    response.once('close', () => passed.destroy())
    request.pipe(passed)
  })
  await new Promise<void>((resolve) => passing.listen(0, '127.0.0.1', resolve))
  return {
    at: `http://127.0.0.1:${String((passing.address() as AddressInfo).port)}`,
    close: () => {
      passing.closeAllConnections()
      passing.close()
    },
  }
}

function spawned(args: string[], env: Record<string, string>, [first = process.execPath, ...before]: string[] = []) {
  const child = spawn(first, [...before, program, '--server', server, ...args], {
    env: env as never,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  started.push(child)
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk.toString()))
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
  return { child, ended, said: () => said }
}

if ('problems' in here)
  process.stderr.write(`\nSKIPPED, LOUDLY: countersign exec was not run again: ${here.problems.join(' ')}\n\n`)

describe.skipIf('problems' in here)('countersign exec, once more', { timeout: 300_000 }, () => {
  beforeAll(async () => {
    const contents = `import { run } from './clients/cli/exec'\nprocess.exitCode = await run(process.argv.slice(2))`
    await build({
      stdin: { contents, resolveDir: root, loader: 'ts' },
      ...{ outfile: program, bundle: true, platform: 'node', format: 'esm', logLevel: 'silent' },
      external: ['@anthropic-ai/sandbox-runtime'],
    })
  })

  it('killed while it waits and started again, it finds its held request in its run, and goes on', async () => {
    const { agent, args, env } = await runner()
    const first = spawned([...args, '--', 'touch', 'once'], env)
    const held = await heldOf(agent)
    first.child.kill('SIGKILL')
    await first.ended
    // another command is another request
    const other = spawned([...args, '--', 'sh', 'other.sh'], env)
    expect(await other.ended, other.said()).toBe(0)
    const again = spawned([...args, '--', 'touch', 'once'], env)
    while (!again.said().includes('It waits for a person.')) await sleep(50)
    expect(fs.existsSync(path.join(workspace, 'once'))).toBe(false)
    await approve(held)
    expect(await again.ended, again.said()).toBe(0)
    expect(fs.existsSync(path.join(workspace, 'once'))).toBe(true)
    const rows = await actionsOf(agent)
    expect(rows).toHaveLength(2)
    expect(rows[0]).toMatchObject({ id: held.id, run: held.run, status: 'succeeded' })
    // it has run: the same once more is a request of its own
    const third = spawned([...args, '--', 'touch', 'once'], env)
    const fresh = await heldOf(agent)
    expect(fresh.id).not.toBe(held.id)
    third.child.kill('SIGTERM')
    expect(await third.ended, third.said()).toBe(122)
    expect((await actionsOf(agent)).map(({ status }) => status).at(-1)).toBe('withdrawn')
  })

  it('approved while nobody waited, it runs when it is started again', async () => {
    const { agent, args, env } = await runner()
    const first = spawned([...args, '--', 'id'], env)
    const held = await heldOf(agent)
    first.child.kill('SIGKILL')
    await first.ended
    await approve(held)
    await superuser.query(`UPDATE run SET lease_until = clock_timestamp() - interval '1 hour' WHERE id = $1`, [
      held.run,
    ])
    const again = spawned([...args, '--', 'id'], env)
    expect(await again.ended, again.said()).toBe(0)
    expect(again.said()).toContain('uid=')
    expect(await actionsOf(agent)).toMatchObject([{ id: held.id, status: 'succeeded' }])
  })

  it('where its run is over, it asks anew', async () => {
    const { agent, args, env } = await runner()
    const first = spawned([...args, '--', 'id'], env)
    const held = await heldOf(agent)
    first.child.kill('SIGKILL')
    await first.ended
    await superuser.query(
      'UPDATE run SET lease_until = clock_timestamp(), closed_at = clock_timestamp() WHERE id = $1',
      [held.run],
    )
    const again = spawned([...args, '--', 'id'], env)
    while ((await actionsOf(agent)).length < 2) await sleep(50)
    const [, fresh] = await actionsOf(agent)
    if (fresh === undefined) throw new Error('unreachable')
    expect(fresh.run).not.toBe(held.run)
    await approve(fresh)
    expect(await again.ended, again.said()).toBe(0)
  })

  it('where bubblewrap cannot be run, nobody is asked and nothing runs', async () => {
    const { agent, args, env } = await runner()
    const bwrap = programAt('bwrap') ?? ''
    const without = [bwrap, '--dev-bind', '/', '/', '--ro-bind', '/dev/null', bwrap, '--', process.execPath]
    const none = spawned([...args, '--', 'touch', 'unmade'], env, without)
    expect(await none.ended, none.said()).toBe(121)
    expect(none.said()).toContain('No sandbox can be made here, so nothing was asked and nothing ran.')
    expect(await actionsOf(agent)).toEqual([])
    expect(fs.existsSync(path.join(workspace, 'unmade'))).toBe(false)
  })

  it('where nobody reads what its command says any more, that is seen to its end and recorded', async () => {
    const { agent, args, env } = await runner()
    fs.writeFileSync(path.join(workspace, 'loud.sh'), 'head -c 3000000 /dev/zero; exit 7')
    const quiet = spawned([...args, '--', 'sh', 'loud.sh'], env)
    quiet.child.stdout.destroy()
    expect(await quiet.ended, quiet.said()).toBe(7)
    expect(await actionsOf(agent)).toMatchObject([{ status: 'failed' }])
  })

  it('whose server cannot be reached any more is killed when its lease ends', async () => {
    const { args, env } = await runner()
    const beat = path.join(workspace, 'beat')
    fs.writeFileSync(path.join(workspace, 'beat.sh'), 'while :; do echo on > beat; sleep 0.05; done')
    const { at, close } = await between(() => false)
    let said = ''
    const say = (text: string) => void (said += text)
    const running = run(
      ['--server', at, ...args, '--timeout', '3600', '--', 'sh', 'beat.sh'],
      { out: say, error: say },
      env,
      new AbortController().signal,
    )
    let over = false
    void running.finally(() => (over = true))
    // on a machine that is busy enough the lease may end by itself
    while (!fs.existsSync(beat) && !over) await sleep(50)
    close()
    expect(await running, said).toBe(122)
    expect(said).toContain('The lease of this run could not be renewed before it ended.')
    fs.rmSync(beat, { force: true })
    await sleep(500)
    expect(fs.existsSync(beat)).toBe(false)
  })

  it('whose answers are lost on the way asks for them again, and acts once', async () => {
    const { agent, args, env } = await runner()
    fs.rmSync(path.join(workspace, 'ran'), { force: true })
    const lost: string[] = []
    // loses the first answer to each kind of request that alters something
    const { at, close } = await between((request) => {
      const kind = (request.url ?? '').replaceAll(/act_[0-9a-z]+/g, 'act')
      const loses = request.method === 'POST' && /^\/api\/v1\/actions/.test(kind) && !lost.includes(kind)
      if (loses) lost.push(kind)
      return loses
    })
    try {
      for (const command of [
        ['sh', 'other.sh'],
        ['touch', 'asked'],
      ]) {
        lost.length = 0
        let said = ''
        const say = (text: string) => void (said += text)
        const running = run(
          ['--server', at, ...args, '--', ...command],
          { out: say, error: say },
          env,
          new AbortController().signal,
        )
        if (command[0] === 'touch') await approve(await heldOf(agent))
        expect(await running, said).toBe(0)
        expect(lost).toContain('/api/v1/actions')
        expect(lost).toContain('/api/v1/actions/act/outcome')
      }
      expect(lost).toContain('/api/v1/actions/act/grant')
    } finally {
      close()
    }
    expect(await actionsOf(agent)).toMatchObject([{ status: 'succeeded' }, { status: 'succeeded' }])
    expect(fs.readFileSync(path.join(workspace, 'ran'), 'utf8')).toBe('ran\n')
  })
})
