import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { CountersignClient } from '@/clients/sdk/client'
import type { Run, RunStopped } from '@/clients/sdk/run'
import { answererOf } from '@/lib/approvals/read'
import { parsePublicId, publicId } from '@/lib/core/ids'
import { db } from '@/lib/db/client'
import { testDatabase } from '@/lib/db/testing'
import { governed, type Governed } from '@/lib/decisions/governed-testing'
import { testGateway } from '@/lib/gateway/gateway-testing'
import { engage, type Engagement } from '@/lib/halt/engage'
import { readHaltInForce } from '@/lib/halt/read-in-force'
import { testPerson } from '@/lib/people/testing'

const database = await testDatabase()
const { app } = await testGateway(database)
const superuser = database.pools.superuser
const server = await app.listen({ port: 0, host: '127.0.0.1' })
const dana = await testPerson(['analyst'])

const agentOf = async () => {
  const agent = await governed(superuser)
  const { clientId, clientSecret } = agent
  return { agent, client: new CountersignClient({ server, clientId, clientSecret }) }
}
const halt = async (given: Omit<Engagement, 'reason' | 'by' | 'now'>) =>
  (await engage({ ...given, reason: '', by: dana.id, now: new Date() })).id
const under = async (haltId: string, agent: Governed) =>
  (await readHaltInForce(db(), haltId, answererOf(dana), new Date()))?.agents.find(
    ({ agentId }) => agentId === agent.agentId,
  )

/** Work that goes on until it is aborted, and takes a while to clean up. */
const longWork = async (signal: AbortSignal | undefined, stopped: () => void) => {
  await sleep(60_000, undefined, { signal }).catch(async (error: unknown) => {
    await sleep(100)
    stopped()
    throw error
  })
}

/** A run that works until it is stopped, and what is known of it meanwhile. */
async function working(client: CountersignClient, begin: (run: Run, stopped: () => void) => Promise<unknown>) {
  let begun: (run: Run) => void = () => undefined
  const started = new Promise<Run>((resolve) => (begun = resolve))
  const seen = { stoppedAt: 0 }
  const ended = client
    .run(async (run) => {
      begun(run)
      await begin(run, () => (seen.stoppedAt = Date.now()))
    })
    .then(
      () => null,
      (error: unknown) => error as RunStopped,
    )
  return { run: await started, ended, seen }
}

describe('a run of the SDK', () => {
  it('ends when its work does, and answers what that came to', async () => {
    const { client } = await agentOf()
    let id = ''
    expect(
      await client.run(async (run) => {
        id = run.id
        const { answer } = await run.perform({ tool: 'crm.get_order', arguments: { id: 'A-17' } }, () =>
          Promise.resolve('read'),
        )
        return answer.status
      }),
    ).toBe('succeeded')
    const { rows } = await superuser.query<{ renews: boolean; closed: boolean; host: string }>(
      'SELECT renews, closed_at IS NOT NULL AS closed, host FROM run WHERE id = $1',
      [parsePublicId('run', id)],
    )
    expect(rows).toMatchObject([{ renews: true, closed: true, host: expect.stringContaining(String(process.pid)) }])
  })

  it('is aborted by a halt of its agent, and confirms only once its work has stopped', async () => {
    const { agent, client } = await agentOf()
    const { run, ended, seen } = await working(client, ({ signal }, stopped) => longWork(signal, stopped))
    const id = await halt({ scope: 'agent', agent: agent.slug })
    expect(await ended).toMatchObject({ kind: 'halted', halt: publicId('halt', id) })
    const standing = await under(id, agent)
    expect(standing).toMatchObject({ state: 'confirmed', runs: [{ run: run.id, state: 'confirmed' }] })
    expect(standing?.acknowledgedAt?.getTime()).toBeGreaterThanOrEqual(seen.stoppedAt - 1)
  })

  it('is aborted by a halt of itself; another of the same process goes on', async () => {
    const { agent, client } = await agentOf()
    const one = await working(client, ({ signal }, stopped) => longWork(signal, stopped))
    const leave = new AbortController()
    const other = await working(client, ({ signal }, stopped) =>
      longWork(AbortSignal.any([signal, leave.signal]), stopped),
    )
    const id = await halt({ scope: 'run', run: one.run.id })
    expect(await one.ended).toMatchObject({ kind: 'halted' })
    expect(await under(id, agent)).toMatchObject({ state: 'confirmed' })
    expect(other.run.signal.aborted).toBe(false)
    leave.abort()
    await other.ended
  })

  it('goes on when a tool is halted, and what it does with that tool is aborted and reported', async () => {
    const { agent, client } = await agentOf()
    let begun: () => void = () => undefined
    const atWork = new Promise<void>((resolve) => (begun = resolve))
    const answered: string[] = []
    const { ended } = await working(client, async (run) => {
      const READ = { tool: 'crm.get_order', arguments: { id: 'A-18' } }
      const call = run.perform(READ, async (_, signal) => {
        begun()
        await longWork(signal, () => undefined)
      })
      await call.catch((error: unknown) => answered.push((error as RunStopped).kind))
      answered.push(String(run.signal.aborted))
    })
    await atWork
    const id = await halt({ scope: 'tool', tool: 'crm.get_order' })
    expect(await ended).toBeNull()
    expect(answered).toEqual(['halted', 'false'])
    await expect.poll(() => under(id, agent)).toMatchObject({ state: 'confirmed' })
    const { rows } = await superuser.query('SELECT status FROM action WHERE agent_id = $1', [agent.agentId])
    expect(rows).toEqual([{ status: 'aborted' }])
    await superuser.query(`UPDATE halt SET lifted_at = now() WHERE id = $1`, [id])
    await superuser.query('UPDATE gate SET epoch = epoch + 1')
  })

  it('does not answer for a run of another process', async () => {
    const { agent, client } = await agentOf()
    const elsewhere = new CountersignClient({ server, clientId: agent.clientId, clientSecret: agent.clientSecret })
    const silent = await elsewhere.openRun({ renews: true })
    const { ended } = await working(client, ({ signal }, stopped) => longWork(signal, stopped))
    const id = await halt({ scope: 'agent', agent: agent.slug })
    await ended
    expect(await under(id, agent)).toMatchObject({
      state: 'requested',
      runs: [{ run: silent.id, state: 'requested' }, { state: 'confirmed' }],
    })
  })

  it('stops when the server refuses to renew its lease', async () => {
    const { agent, client } = await agentOf()
    await superuser.query('UPDATE agent SET lease_seconds = 12 WHERE id = $1', [agent.agentId])
    const { ended } = await working(client, ({ signal }, stopped) => longWork(signal, stopped))
    await superuser.query('UPDATE credential SET revoked_at = now() WHERE agent_id = $1', [agent.agentId])
    expect(await ended).toMatchObject({ kind: 'refused', code: 'invalid_client' })
  })

  it('is not begun where the halts cannot be heard', async () => {
    const { agent, client } = await agentOf()
    await halt({ scope: 'agent', agent: agent.slug })
    await expect(client.run(() => Promise.resolve('begun'))).rejects.toMatchObject({ code: 'stop_only' })
  })
})
