import net from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { CountersignClient } from '@/clients/sdk/client'
import { guard } from '@/clients/sdk/guard'
import { testDatabase } from '@/lib/db/testing'
import { governed } from '@/lib/decisions/governed-testing'
import { lifecycle } from '@/lib/decisions/lifecycle-testing'
import { testGateway } from '@/lib/gateway/gateway-testing'
import { engage } from '@/lib/halt/engage'
import { testPerson } from '@/lib/people/testing'

// A real server behind a wire that can be cut: what programs of an agent do while it is.
const database = await testDatabase()
const { app } = await testGateway(database)
const { superuser } = database.pools
const { verdict } = lifecycle(database)
const dana = await testPerson(['analyst'])
const port = Number(new URL(await app.listen({ port: 0, host: '127.0.0.1' })).port)

/** Passes bytes on to the server. Cut, it resets every connection and refuses new ones. */
class Wire {
  readonly #open = new Set<net.Socket>()
  readonly #server = net.createServer((near) => {
    const far = net.connect(port, '127.0.0.1')
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      this.#open.add(one)
      one
        .on('error', () => undefined)
        .once('close', () => {
          this.#open.delete(one)
          other.destroy()
        })
    }
    near.on('data', (bytes) => {
      this.sent += bytes.toString()
      far.write(bytes)
    })
    far.on('data', (bytes) => {
      if (!this.muted) near.write(bytes)
    })
  })
  /** whether what the server answers is lost on its way */
  muted = false
  /** everything programs sent since it was last emptied */
  sent = ''
  #port = 0

  async mend(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(this.#port, '127.0.0.1', resolve))
    this.#port = (this.#server.address() as net.AddressInfo).port
    return `http://127.0.0.1:${this.#port}`
  }

  async cut(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve))
    for (const socket of this.#open) socket.resetAndDestroy()
    await closed
  }
}

const wires: Wire[] = []
const over = new AbortController()
afterEach(async () => {
  for (const wire of wires.splice(0)) await wire.cut().catch(() => undefined)
})
afterAll(() => {
  over.abort()
})

async function behindWire(patienceSeconds?: number) {
  const wire = new Wire()
  wires.push(wire)
  const server = await wire.mend()
  const agent = await governed(superuser)
  const { clientId, clientSecret } = agent
  const client = new CountersignClient({
    server,
    clientId,
    clientSecret,
    signal: over.signal,
    ...(patienceSeconds !== undefined && { patienceSeconds }),
  })
  const actions = async () =>
    (
      await superuser.query<{ status: string; approval_id: string; digest: Buffer }>(
        'SELECT status, approval_id, digest FROM action WHERE agent_id = $1',
        [agent.agentId],
      )
    ).rows
  return { wire, agent, client, actions }
}
const HOLD = { tool: 'edr.isolate_host', arguments: { host: 'fin-1' } }
const READ = { tool: 'crm.get_order', arguments: { id: 'A-17' } }

/** no test fails because the machine is busy */
const PATIENT = { timeout: 60_000 }

describe('a program whose server is gone for a while', () => {
  it('goes on waiting for the person, and does once what was approved meanwhile', async () => {
    const { wire, client, actions } = await behindWire()
    let done = 0
    const performed = client.perform(HOLD, async () => (done += 1))
    await expect.poll(async () => (await actions()).length, PATIENT).toBe(1)
    await wire.cut()
    const [held] = await actions()
    await verdict(held?.approval_id ?? '', `sha256:${held?.digest.toString('hex') ?? ''}`, dana, 'approve')
    await sleep(600)
    await wire.mend()
    expect((await performed).answer.status).toBe('succeeded')
    expect(done).toBe(1)
    expect(await actions()).toMatchObject([{ status: 'succeeded' }])
  })

  it('proposes once, though the answer was lost', async () => {
    const { wire, client, actions } = await behindWire()
    await client.openRun()
    wire.muted = true
    const performed = client.perform(READ, async () => 'read')
    await expect.poll(async () => (await actions()).length, PATIENT).toBe(1)
    await wire.cut()
    wire.muted = false
    await wire.mend()
    expect((await performed).answer.status).toBe('succeeded')
    expect(await actions()).toMatchObject([{ status: 'succeeded' }])
  })

  it('reports once what it did, though the answer was lost', async () => {
    const { wire, client, actions } = await behindWire()
    const performed = client.perform(READ, async () => (wire.muted = true))
    await expect.poll(actions, PATIENT).toMatchObject([{ status: 'succeeded' }])
    await wire.cut()
    wire.muted = false
    await wire.mend()
    expect(await performed).toMatchObject({ answer: { status: 'succeeded' }, ran: true })
    const { rows } = await superuser.query(
      `SELECT kind FROM ledger.entry WHERE kind IN ('action.completed', 'action.refused')`,
    )
    expect(rows.filter(({ kind }) => kind === 'action.refused')).toEqual([])
  })

  it('does nothing once its patience is over, and says that nobody could be reached', async () => {
    const { wire, client, actions } = await behindWire(1)
    await wire.cut()
    let done = 0
    const work = async () => (done += 1)
    await expect(client.perform(READ, work)).rejects.toMatchObject({ name: 'Refusal', code: 'unreachable', status: 0 })
    await expect(guard(client, READ.tool, work)(READ.arguments)).rejects.toMatchObject({ code: 'unreachable' })
    await expect(client.run(work)).rejects.toMatchObject({ name: 'Refusal', code: 'unreachable' })
    expect(done).toBe(0)
    expect(await actions()).toEqual([])
  })

  it('hears of the halts it missed as soon as it is back, from where it was', async () => {
    const { wire, agent, client } = await behindWire()
    const end = new AbortController()
    const told: { event: string; halts: unknown[] }[] = []
    const listening = (async () => {
      for await (const { event, data } of client.halts(end.signal))
        told.push({ event, halts: event === 'state' ? (data as { halts: unknown[] }).halts : [data] })
    })()
    await expect.poll(() => told.length, PATIENT).toBe(1)
    await wire.cut()
    wire.sent = ''
    await engage({ scope: 'agent', agent: agent.slug, reason: 'odd', by: dana.id, now: new Date() })
    await wire.mend()
    await expect.poll(() => told.length, PATIENT).toBeGreaterThan(1)
    expect(told[1]).toMatchObject({ event: 'state', halts: [{ scope: 'agent' }] })
    expect(wire.sent).toMatch(/^last-event-id: \d+/im)
    end.abort()
    await listening
  })
})
