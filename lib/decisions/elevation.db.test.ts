import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, describe, expect, it } from 'vitest'
import pg from 'pg'
import { answerElevation } from '@/lib/boundary/answer-elevation'
import { askElevation } from '@/lib/boundary/ask-elevation'
import type { Elevation } from '@/lib/boundary/boundary'
import { endElevation, recordEndedElevations } from '@/lib/boundary/end-elevation'
import { readElevations } from '@/lib/boundary/read-elevations'
import { findElevation } from '@/lib/boundary/store-elevation'
import { newId, parsePublicId } from '@/lib/core/ids'
import { transaction } from '@/lib/db/client'
import { applyChange } from '@/lib/db/gate'
import { testDatabase } from '@/lib/db/testing'
import { prepareEntry } from '@/lib/ledger/append'
import { testLedger } from '@/lib/ledger/testing'
import type { Actor } from '@/lib/people/actor'
import { testPerson } from '@/lib/people/testing'
import { governed, sampleBoundary, sampleSigned, type Governed } from './governed-testing'
import { introspect } from './introspect'
import { lifecycle, said } from './lifecycle-testing'

const database = await testDatabase()
const { db, pools } = database
await testLedger(database)
const { propose } = lifecycle(database)
const [ilse, dana, bram] = [await testPerson(['ciso']), await testPerson(['analyst']), await testPerson(['ciso'])]
const second = new pg.Pool({ connectionString: database.urls.app, max: 2 })
afterAll(() => second.end())

const MERGE = { tool: 'local.merge', arguments: { id: 1 } }
const CEILING: Elevation = {
  mcp_scopes: {},
  tools: [{ tool: 'local.merge', when: null, reason: null, override: null }],
  longest: 4 * 3_600_000,
  granted_by: ['ciso'],
}
const agentWith = (elevation: Elevation = CEILING) => governed(pools.superuser, { elevation })
const of = ({ agentId: id, slug, personId: ownerId }: Governed) => ({ id, slug, ownerId, state: 'active' as const })
const want = { scopes: [], tools: ['local.merge'], minutes: 60, reason: 'duplicates after the import' }

const ask = (agent: Governed, by: { id: string } = dana, more: Partial<typeof want> = {}) =>
  transaction((tx) => askElevation(tx, by, of(agent), { ...want, ...more }, new Date()))
const answer = async (id: string, actor: Actor, verdict: 'approve' | 'reject' = 'approve', digest?: Buffer) => {
  const asked = await findElevation(db, id)
  return answerElevation({
    id,
    actor,
    answer: verdict,
    reason: 'watched',
    digest: digest ?? asked?.digest ?? Buffer.alloc(32),
    now: new Date(),
  })
}
const granted = async (agent: Governed) => {
  const { id } = await ask(agent)
  await answer(id, ilse)
  return id
}
const kindsAbout = async (id: string) => {
  const { rows } = await pools.superuser.query<{ kind: string }>(
    `SELECT kind FROM ledger.entry WHERE convert_from(envelope, 'UTF8')::jsonb #>> '{about,elevation}' = $1 ORDER BY id`,
    [id],
  )
  return rows.map(({ kind }) => kind)
}

describe('an elevation', () => {
  it('grants nothing while it is only asked for, lets its tool run once granted, and is in the ledger', async () => {
    const agent = await agentWith()
    const { id } = await ask(agent)
    expect(await propose(agent, MERGE)).toMatchObject({ decision: 'forbid', reason: { code: 'out_of_scope' } })
    await answer(id, ilse)
    expect(await propose(agent, MERGE)).toMatchObject({
      decision: 'allow',
      reason: { code: 'elevated', rule: 'elevation.tools[0]' },
    })
    expect(await kindsAbout(id)).toEqual(['elevation.asked', 'elevation.granted'])
    const [view] = await readElevations(db, agent.agentId, dana, new Date())
    expect(view).toMatchObject({ status: 'live', what: 'local.merge', reason: want.reason })
  })

  it('ends for a run that goes on when somebody ends it on another connection, and takes unused grants with it', async () => {
    const agent = await agentWith()
    const id = await granted(agent)
    const allowed = await propose(agent, MERGE)
    await endElevation(db, dana, id, 'done', new Date())
    expect(await propose(agent, MERGE)).toMatchObject({ decision: 'forbid', reason: { code: 'out_of_scope' } })
    expect(await introspect(second, said(agent, allowed.grant?.token ?? '', MERGE))).toMatchObject({ active: false })
    await expect(endElevation(db, dana, id, 'again', new Date())).rejects.toMatchObject({ code: 'wrong_state' })
    expect((await kindsAbout(id)).at(-1)).toBe('elevation.ended')
  })

  it('ends by itself in the middle of a run, under facts that were loaded before, and the record follows', async () => {
    const agent = await agentWith()
    const id = await granted(agent)
    const { rows } = await pools.superuser.query<{ ends: Date }>(
      `UPDATE elevation SET ends_at = clock_timestamp() + interval '8 seconds' WHERE id = $1 RETURNING ends_at AS ends`,
      [id],
    )
    const ends = rows[0]?.ends.getTime() ?? 0
    const allowed = await propose(agent, MERGE)
    expect(allowed.decision).toBe('allow')
    // what it allows, it allows no longer than it lasts
    expect(Date.parse(allowed.grant?.expires_at ?? '')).toBeLessThanOrEqual(ends)
    expect(await recordEndedElevations(db)).toBe(0)
    await wait(ends - Date.now() + 50)
    expect((await propose(agent, MERGE)).decision).toBe('forbid')
    expect((await readElevations(db, agent.agentId, dana, new Date()))[0]?.status).toBe('ended')
    expect(await recordEndedElevations(db)).toBe(1)
    expect(await recordEndedElevations(db)).toBe(0)
    expect(await kindsAbout(id)).toEqual(['elevation.asked', 'elevation.granted', 'elevation.ended'])
  })

  it('is cut down by a boundary that lowers the ceiling while it lasts', async () => {
    const agent = await agentWith()
    await granted(agent)
    expect((await propose(agent, MERGE)).decision).toBe('allow')
    await sampleSigned(pools.superuser, agent, sampleBoundary())
    await pools.superuser.query('UPDATE gate SET epoch = epoch + 1')
    expect(await propose(agent, MERGE)).toMatchObject({ decision: 'forbid', reason: { code: 'out_of_scope' } })
  })
})

describe('asking', () => {
  it('for more than the ceiling is refused, saying what', async () => {
    const agent = await agentWith()
    await expect(ask(agent, dana, { tools: ['local.other'] })).rejects.toMatchObject({
      code: 'above_ceiling',
      message: expect.stringContaining('local.other') as string,
    })
    await expect(ask(agent, dana, { minutes: 241 })).rejects.toMatchObject({ code: 'above_ceiling' })
    await expect(ask(await governed(pools.superuser))).rejects.toMatchObject({ code: 'above_ceiling' })
  })
})

describe('granting', () => {
  it('is never for who asked, nor for the owner, nor for whom the boundary does not name', async () => {
    const owner = await testPerson(['ciso'])
    const agent = await agentWith()
    await pools.superuser.query('UPDATE agent SET owner_id = $1 WHERE id = $2', [owner.id, agent.agentId])
    const { id } = await ask({ ...agent, personId: owner.id }, ilse)
    await expect(answer(id, ilse)).rejects.toMatchObject({ code: 'separation_of_duties' })
    await expect(answer(id, owner)).rejects.toMatchObject({ code: 'separation_of_duties' })
    await expect(answer(id, dana)).rejects.toMatchObject({ code: 'not_permitted' })
    await expect(answer(id, bram, 'approve', Buffer.alloc(32))).rejects.toMatchObject({ code: 'digest_mismatch' })
    await answer(id, bram)
  })

  it('of two who answer at once, one decides', async () => {
    const agent = await agentWith()
    const { id } = await ask(agent)
    const all = await Promise.allSettled([answer(id, ilse), answer(id, bram, 'reject')])
    expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    expect(await kindsAbout(id)).toHaveLength(2)
  })

  it('of what a new version no longer lets anybody grant is refused', async () => {
    const agent = await agentWith()
    const { id } = await ask(agent)
    await sampleSigned(pools.superuser, agent, sampleBoundary())
    await expect(answer(id, ilse)).rejects.toMatchObject({ code: 'above_ceiling' })
  })
})

describe('Postgres holds it, whatever the program says:', () => {
  const grant = async (id: string, by: string) =>
    applyChange(
      'elevation.grant',
      { id, by },
      await prepareEntry(db, { kind: 'elevation.granted', actor: `person:${by}` }),
    )
  const approved = async (id: string, by: string, seen?: Buffer) => {
    const asked = await findElevation(db, id)
    const { rows } = await pools.superuser.query<{ id: string }>(
      `UPDATE approval SET status = 'approved', closed_at = now() WHERE subject_id = $1 RETURNING id`,
      [id],
    )
    await pools.superuser.query(
      `INSERT INTO verdict (id, approval_id, person_id, answer, reason, digest) VALUES ($1, $2, $3, 'approve', '', $4)`,
      [newId(), rows[0]?.id, by, seen ?? asked?.digest],
    )
  }

  it('nothing is granted without a verdict on exactly this', async () => {
    const { id } = await ask(await agentWith())
    expect(await grant(id, ilse.id)).toMatchObject({ refused: 'separation_of_duties' })
    await expect(approved(id, ilse.id, Buffer.alloc(32))).rejects.toThrow(/verdict_for_the_digest/)
    expect(await grant(id, ilse.id)).toMatchObject({ refused: 'separation_of_duties' })
  })

  it('whose verdict it has to be', async () => {
    const agent = await agentWith()
    for (const by of [dana.id, agent.personId]) {
      const { id } = await ask(agent)
      await approved(id, by)
      expect(await grant(id, by)).toMatchObject({ refused: 'separation_of_duties' })
    }
    const { id } = await ask(agent)
    await approved(id, ilse.id)
    expect(await grant(id, bram.id)).toMatchObject({ refused: 'separation_of_duties' })
    expect(await grant(id, ilse.id)).toMatchObject({ applied: true })
    expect(await grant(id, ilse.id)).toMatchObject({ refused: 'already_decided' })
  })

  it.each<[string, Partial<Elevation>]>([
    ['a tool', { tools: [] }],
    ['a length', { longest: 3_540_000 }],
    ['who grants', { granted_by: ['on_call'] }],
  ])('%s above the ceiling of the version in force', async (_, less) => {
    const agent = await agentWith()
    const { id } = await ask(agent)
    await approved(id, ilse.id)
    await sampleSigned(pools.superuser, agent, sampleBoundary({ elevation: { ...CEILING, ...less } }))
    expect(await grant(id, ilse.id)).toMatchObject({ applied: false })
  })

  it('the app can insert a question, and neither grant, nor end, nor change one', async () => {
    const { id } = await ask(await agentWith())
    for (const set of [`granted_by = requested_by`, `ended_at = now()`, `tools = '{x}'`])
      await expect(pools.app.query(`UPDATE elevation SET ${set} WHERE id = $1`, [id])).rejects.toThrow(
        /permission denied/,
      )
    await expect(pools.app.query('DELETE FROM elevation WHERE id = $1', [id])).rejects.toThrow(/permission denied/)
    await expect(
      pools.app.query(
        `INSERT INTO elevation (id, agent_id, mcp_scopes, tools, length_seconds, reason, digest, requested_by, granted_at, granted_by, ends_at, boundary_id)
         SELECT $1, agent_id, mcp_scopes, tools, length_seconds, reason, digest, requested_by, now(), $2, now() + interval '1 hour', $1 FROM elevation WHERE id = $3`,
        [newId(), ilse.id, id],
      ),
    ).rejects.toThrow(/permission denied/)
  })

  it('nobody but whom it concerns ends one, and time ends none before its time', async () => {
    const agent = await agentWith()
    const id = await granted(agent)
    const stranger = await testPerson([])
    const end = async (by: string | null) =>
      applyChange(
        'elevation.end',
        { id, by, reason: '' },
        await prepareEntry(db, { kind: 'elevation.ended', actor: 'system' }),
      )
    expect(await end(stranger.id)).toMatchObject({ refused: 'not_permitted' })
    expect(await end(null)).toMatchObject({ refused: 'wrong_state' })
    expect(await end(agent.personId)).toMatchObject({ applied: true })
  })

  it('public ids are of their own kind', async () => {
    const agent = await agentWith()
    const id = await granted(agent)
    const [view] = await readElevations(db, agent.agentId, dana, new Date())
    expect(parsePublicId('elevation', view?.id ?? '')).toBe(id)
  })
})
