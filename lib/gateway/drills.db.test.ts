import { describe, expect, it } from 'vitest'
import { CountersignClient } from '@/clients/sdk/client'
import { canary } from '@/clients/canary/canary'
import { answererOf } from '@/lib/approvals/read'
import { publicId } from '@/lib/core/ids'
import { db, transaction } from '@/lib/db/client'
import { testDatabase } from '@/lib/db/testing'
import { governed, sampleTool } from '@/lib/decisions/governed-testing'
import { endDrills } from '@/lib/halt/end-drills'
import { engage } from '@/lib/halt/engage'
import { readDrill, readReport } from '@/lib/halt/read-drills'
import { rehearse } from '@/lib/halt/rehearse'
import { testPerson } from '@/lib/people/testing'
import { testGateway } from './gateway-testing'

const database = await testDatabase()
const { app, ask, tokenOf } = await testGateway(database)
const superuser = database.pools.superuser
const dana = await testPerson(['analyst'], 'Dana Whitlock')
const viewer = answererOf(dana)

const begin = (slug: string) =>
  transaction((tx) => rehearse(tx, { scope: 'agent', named: { agent: slug }, by: dana.id, now: new Date() }))

describe('a rehearsal over HTTP', () => {
  it('is acknowledged at the address of halts, by its own agent alone', async () => {
    const [mine, other] = [await governed(superuser), await governed(superuser)]
    const id = await begin(mine.slug)
    const at = `/api/v1/halts/${publicId('drill', id)}/acknowledgement`
    expect(await ask('POST', at, await tokenOf(other), {})).toMatchObject({
      status: 403,
      body: { code: 'not_permitted' },
    })
    expect(await ask('POST', at, null, {})).toMatchObject({ status: 401 })
    const { rows } = await superuser.query(
      `SELECT 1 FROM ledger.entry WHERE kind = 'drill.confirmation_refused' AND agent_id = $1`,
      [other.agentId],
    )
    expect(rows).toHaveLength(1)
    expect(await ask('POST', at, await tokenOf(mine), { runs: ['run_x'] })).toMatchObject({
      status: 200,
      body: { halt: publicId('drill', id) },
    })
    expect(await endDrills(new Date())).toBe(1)
    expect((await readReport(db(), id))?.report.figures).toMatchObject({ confirmed: 1, never: 0 })
  })
})

it('the canary beats, confirms a rehearsal and goes on, confirms a halt and stops', async () => {
  await sampleTool(superuser, 'canary.heartbeat', 'read')
  const mine = await governed(superuser, { mcp_scopes: { canary: ['read'] } })
  const server = await app.listen({ port: 0, host: '127.0.0.1' })
  const stopping = new AbortController()
  const { clientId, clientSecret } = mine
  const said: string[] = []
  const running = canary(
    new CountersignClient({ server, clientId, clientSecret, signal: stopping.signal }),
    { everyMs: 50, say: (line) => void said.push(line) },
    stopping.signal,
  )
  const beats = async () =>
    (
      await superuser.query<{ n: number }>(
        `SELECT count(*)::int AS n FROM action WHERE agent_id = $1 AND status = 'succeeded'`,
        [mine.agentId],
      )
    ).rows[0]?.n ?? 0
  await expect.poll(beats).toBeGreaterThan(2)
  const id = await begin(mine.slug)
  await expect.poll(async () => (await readDrill(db(), id, viewer, new Date()))?.agents[0]?.ms ?? null).not.toBeNull()
  const before = await beats()
  await expect.poll(beats).toBeGreaterThan(before)
  const { id: haltId } = await engage({ scope: 'agent', agent: mine.slug, reason: '', by: dana.id, now: new Date() })
  await expect.poll(() => said.some((line) => line.includes(publicId('halt', haltId)))).toBe(true)
  const { rows } = await superuser.query('SELECT 1 FROM halt_acknowledgement WHERE halt_id = $1 AND agent_id = $2', [
    haltId,
    mine.agentId,
  ])
  expect(rows).toHaveLength(1)
  stopping.abort()
  await running
})
