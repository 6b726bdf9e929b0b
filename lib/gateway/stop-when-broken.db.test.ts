import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import * as real from '@/app/api/console/drills/[id]/real/route'
import * as stop from '@/app/api/console/halts/[id]/stop/route'
import { sampleAgent, type Sample } from '@/lib/agents/testing'
import { publicId } from '@/lib/core/ids'
import { db, transaction } from '@/lib/db/client'
import { pool } from '@/lib/db/pool'
import { testDatabase } from '@/lib/db/testing'
import { endDrills } from '@/lib/halt/end-drills'
import { engage } from '@/lib/halt/engage'
import { lift } from '@/lib/halt/lift'
import { planLiveDrill } from '@/lib/halt/plan-live-drill'
import { haltsFor } from '@/lib/halt/read'
import { recordBrokenGlass } from '@/lib/halt/record-broken-glass'
import { signLiveDrill } from '@/lib/halt/sign-live-drill'
import { findDrill } from '@/lib/halt/store-drill'
import { parseEntry } from '@/lib/ledger/entry'
import { cookieOfActor, TEST_ORIGIN, testOrganisation, testPerson } from '@/lib/people/testing'
import { testGateway } from './gateway-testing'

/** Taking back what a lift let go, and saying that a drill is real, are engaging: they wait for nothing that engaging does not wait for (ADR 0041). */
const database = await testDatabase()
const { pools, name } = database
await testGateway(database)
await testOrganisation()
const [dana, bram] = [await testPerson(['analyst'], 'Dana Whitlock'), await testPerson(['ciso'], 'Bram Oduya')]
const cookie = await cookieOfActor(dana)

type Post = typeof stop.POST
const post = (handler: Post, id: string, body: Record<string, string> = {}) =>
  handler(
    new Request(`${TEST_ORIGIN}/api/console/x`, {
      method: 'POST',
      headers: { origin: TEST_ORIGIN, cookie, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    }),
    { params: Promise.resolve({ id }) },
  )
const entries = async (halt: string) => {
  const { rows } = await pools.superuser.query<{ envelope: Buffer }>('SELECT envelope FROM ledger.entry ORDER BY id')
  return rows.flatMap(({ envelope }) => parseEntry(envelope) ?? []).filter(({ about }) => about?.halt === halt)
}
const digestOf = async (approvalId: string) =>
  (await pools.superuser.query<{ digest: Buffer }>('SELECT digest FROM approval WHERE id = $1', [approvalId])).rows[0]
    ?.digest ?? expect.fail('no such approval')
const halted = async ({ agentId }: Sample) => (await haltsFor(pools.superuser, agentId)).length > 0

/** Every ordinary connection is taken by somebody who does not give it back, and none is given anew. */
async function nothingOrdinary(work: () => Promise<void>): Promise<void> {
  const app = pool('app')
  const taken = await Promise.all(Array.from({ length: app.options.max }, () => app.connect()))
  for (const client of taken) client.on('error', () => undefined)
  await pools.superuser.query(`ALTER DATABASE ${name} CONNECTION LIMIT 1`)
  try {
    await work()
  } finally {
    await pools.superuser.query(`ALTER DATABASE ${name} CONNECTION LIMIT -1`)
    for (const client of taken) client.release(true)
  }
}

/** Somebody else holds this, and goes on to. */
async function held(statement: string, values: unknown[], work: () => Promise<void>): Promise<void> {
  const holder = await pools.superuser.connect()
  await holder.query('BEGIN')
  await holder.query(statement, values)
  try {
    await work()
  } finally {
    await holder.query('ROLLBACK')
    holder.release()
  }
}
const STUCK_LEDGER = 'LOCK TABLE ledger.pending IN ACCESS EXCLUSIVE MODE'

let agent: Sample
beforeEach(async () => {
  agent = await sampleAgent(pools.superuser)
})
afterEach(async () => {
  await pools.superuser.query('UPDATE halt SET lifted_at = now() WHERE lifted_at IS NULL')
  await endDrills(new Date(Date.now() + 3_600_001))
})

describe('halting again what a lift let go', () => {
  let halt = ''
  beforeEach(async () => {
    halt = (await engage({ scope: 'organisation', reason: '', by: bram.id, now: new Date() })).id
    await letGo()
    expect(await halted(agent)).toBe(false)
  })
  const letGo = async () => {
    const step = { haltId: halt, reason: 'cleaned', typed: agent.slug }
    const stage = { stage: 'agent', agent: agent.slug } as const
    const { approvalId } = await lift({ ...step, ...stage, actor: dana, now: new Date() })
    return lift({ ...step, actor: bram, digest: await digestOf(approvalId), now: new Date() })
  }
  const stopped = async () => {
    const answer = await post(stop.POST, publicId('halt', halt), { reason: 'odd again' })
    expect([answer.status, await answer.json()]).toEqual([200, { stopped: true }])
    expect(await halted(agent)).toBe(true)
  }

  it('works while every ordinary connection is taken and the database gives no other', async () => {
    await nothingOrdinary(stopped)
    expect((await entries(halt)).at(-1)).toMatchObject({ kind: 'halt.lift_stopped', actor: `person:${dana.id}` })
  })

  it('tells somebody who asks in vain why, while no ordinary connection can be had', async () => {
    await stopped()
    await nothingOrdinary(async () => {
      expect((await post(stop.POST, publicId('halt', halt))).status).toBe(409)
    })
    expect((await entries(halt)).at(-1)).toMatchObject({ kind: 'halt.lift_refused' })
  })

  it('waits for no lock on the row of an agent it stops: every unused grant dies instead', async () => {
    await held('SELECT 1 FROM agent WHERE id = $1 FOR UPDATE', [agent.agentId], stopped)
    const { rows } = await pools.superuser.query<{ dead: boolean }>('SELECT revoked_epoch = epoch AS dead FROM gate')
    expect(rows[0]?.dead).toBe(true)
    expect((await entries(halt)).at(-1)).toMatchObject({ kind: 'halt.lift_stopped' })
  })

  it('kills what the agents it let go were granted, and nobody else’s, where their rows are free', async () => {
    const epochs = async () =>
      (
        await pools.superuser.query<{ agent: boolean; all: boolean }>(
          'SELECT a.revoked_epoch = g.epoch AS agent, g.revoked_epoch = g.epoch AS all FROM gate g, agent a WHERE a.id = $1',
          [agent.agentId],
        )
      ).rows[0]
    await stopped()
    expect(await epochs()).toEqual({ agent: true, all: false })
  })

  it('ends a session of this server that sits on the gate', async () => {
    const holder = await pools.app.connect()
    holder.on('error', () => undefined)
    await holder.query('BEGIN')
    await holder.query('SELECT pg_advisory_xact_lock_shared(gate_key())')
    await stopped()
    await expect(holder.query('COMMIT')).rejects.toThrow()
    holder.release(true)
  })

  it('holds without its entry while the ledger cannot be written, is recorded once it can, and nothing is let go before', async () => {
    await held(STUCK_LEDGER, [], stopped)
    expect((await entries(halt)).map(({ kind }) => kind)).not.toContain('halt.lift_stopped')
    await expect(letGo()).rejects.toMatchObject({ code: 'wrong_state' })
    expect(await recordBrokenGlass(new Date())).toBe(1)
    expect((await entries(halt)).at(-1)).toMatchObject({
      kind: 'halt.lift_stopped',
      actor: `person:${dana.id}`,
      labels: ['organisation', 'stage_agent', 'recorded_late'],
    })
    expect(await letGo()).toMatchObject({ status: 'staged' })
  })

  it('does not count under the gate what the stage had shown; it is noted afterwards', async () => {
    await held('LOCK TABLE action, alert IN ACCESS EXCLUSIVE MODE', [], stopped)
    const shown = async () =>
      (
        await pools.superuser.query<{ shown: { agents: number } | null }>(
          'SELECT shown FROM halt_stage WHERE halt_id = $1',
          [halt],
        )
      ).rows
    expect(await shown()).toEqual([{ shown: null }])
    await recordBrokenGlass(new Date())
    expect(await shown()).toMatchObject([{ shown: { agents: 1, decisions: 0 } }])
  })
})

describe('saying that the halt of a live drill is real', () => {
  let [drill, halt, approval] = ['', '', '']
  beforeEach(async () => {
    const asked = { scope: 'agent', named: { agent: agent.slug }, note: 'Monthly', windowMs: 15_000 } as const
    drill = await transaction((tx) => planLiveDrill(tx, { ...asked, actor: dana, now: new Date() }))
    const row = await findDrill(db(), drill)
    ;[halt, approval] = [row?.halt_id ?? '', row?.approval_id ?? '']
    const signed = { drillId: drill, actor: bram, answer: 'approve', reason: 'Agreed', now: new Date() } as const
    expect(await signLiveDrill({ ...signed, digest: await digestOf(approval) })).toBe('begun')
  })
  const kept = async () => {
    const answer = await post(real.POST, publicId('drill', drill), { reason: 'It is real' })
    expect([answer.status, await answer.json()]).toEqual([200, { status: 'kept' }])
  }
  const staysHalted = async () => {
    await endDrills(new Date(Date.now() + 60_000))
    expect(await halted(agent)).toBe(true)
    expect(await findDrill(db(), drill)).toMatchObject({ outcome: 'kept' })
  }

  it('works while every ordinary connection is taken and the database gives no other', async () => {
    await nothingOrdinary(kept)
    await staysHalted()
    expect((await entries(halt)).map(({ kind }) => kind)).toContain('drill.kept')
  })

  it('waits for nobody’s lock on what two people agreed to', async () => {
    await held('SELECT 1 FROM approval WHERE id = $1 FOR UPDATE', [approval], kept)
    await staysHalted()
  })

  it('is what engaging it does, also while somebody holds what two people agreed to', async () => {
    await held('SELECT 1 FROM approval WHERE id = $1 FOR UPDATE', [approval], async () => {
      const engaged = { scope: 'agent', agent: agent.slug, reason: 'real', by: bram.id, now: new Date() } as const
      expect(await engage(engaged)).toMatchObject({ id: halt, already: true })
    })
    await staysHalted()
  })

  it('is what breaking the glass does, also while somebody holds what two people agreed to', async () => {
    await pools.superuser.query(`UPDATE halt SET scope = 'organisation', target = '' WHERE id = $1`, [halt])
    await held('SELECT 1 FROM approval WHERE id = $1 FOR UPDATE', [approval], async () => {
      await pools.owner.query(`SELECT halt_everything('it is real')`)
    })
    await staysHalted()
  })

  it('holds without its entry while the ledger cannot be written', async () => {
    await held(STUCK_LEDGER, [], kept)
    await staysHalted()
  })
})
