import pg from 'pg'
import { afterAll, describe, expect, it } from 'vitest'
import { newId } from '@/lib/core/ids'
import { db, transaction } from '@/lib/db/client'
import { testDatabase } from '@/lib/db/testing'
import { parseEntry } from '@/lib/ledger/entry'
import { testLedger } from '@/lib/ledger/testing'
import type { Actor } from '@/lib/people/actor'
import { beginDelegation, endDelegation, recordEndedDelegations } from '@/lib/people/delegate'
import { signedInAs, testPerson } from '@/lib/people/testing'
import { governed, type Governed } from './governed-testing'
import { lifecycle } from './lifecycle-testing'
import { readRequest } from './read-inbox'

const database = await testDatabase()
const { pools } = database
await testLedger(database)
const { held, verdict } = lifecycle(database)
const other = new pg.Pool({ connectionString: database.urls.app, max: 4 })
afterAll(() => other.end())

const DAY = 86_400_000
const asking = (by: string[], rest: object = {}): Promise<Governed> =>
  governed(pools.superuser, {
    approval_required: [{ tool: 'edr.isolate_host', when: null, reason: null, by: by as never, ...rest }],
  })

/** Somebody who is away from now on, and whom they named: a person without any role. */
async function away(
  roles: Parameters<typeof testPerson>[0] = ['ciso'],
): Promise<{ absent: Actor; delegate: Actor; id: string }> {
  const absent = await testPerson(roles, 'Ilse Brandt')
  const named = await testPerson([], 'Sam Okafor')
  const now = new Date()
  const id = await transaction((tx) =>
    beginDelegation(tx, absent, { delegateId: named.id, endsAt: new Date(now.getTime() + DAY) }, now),
  )
  return { absent, delegate: await signedInAs(named.id), id }
}
const insert = (pool: pg.Pool, approvalId: string, digest: string, personId: string, forId: string | null) =>
  pool.query(
    `INSERT INTO verdict (id, approval_id, person_id, for_id, answer, reason, digest) VALUES ($1, $2, $3, $4, 'approve', '', decode($5, 'hex'))`,
    [newId(), approvalId, personId, forId, digest.slice(7)],
  )

describe('a delegate', () => {
  it('answers by the role of whoever is away, is shown the request, and is recorded as delegate, with for whom', async () => {
    const { absent, delegate } = await away()
    const { answer, approvalId } = await held(await asking(['ciso']))
    const seen = await readRequest(db(), delegate, answer.approval?.id ?? '', new Date())
    expect(seen.you.approve).toEqual({ ok: true, seat: 0, as: { id: absent.id, name: absent.name } })
    expect(await verdict(approvalId, answer.digest, delegate, 'approve')).toMatchObject({ status: 'approved' })
    const { rows } = await pools.superuser.query<{ envelope: Buffer }>(
      `SELECT envelope FROM ledger.entry WHERE kind = 'approval.approved' AND person_id = $1`,
      [delegate.id],
    )
    expect(parseEntry(rows[0]?.envelope ?? Buffer.alloc(0))?.verdicts).toEqual([
      { person: delegate.id, answer: 'approve', capability: 'delegate', for: absent.id },
    ])
    const told = await readRequest(db(), absent, answer.approval?.id ?? '', new Date())
    expect(told.verdicts).toMatchObject([{ person: { id: delegate.id }, absent: { id: absent.id, name: absent.name } }])
  })

  it('and whoever is away take one seat between them, whichever answers first', async () => {
    for (const first of ['delegate', 'absent'] as const) {
      const people = await away()
      const { answer, approvalId } = await held(await asking(['ciso'], { approvals: 2 }))
      const second = first === 'delegate' ? 'absent' : 'delegate'
      expect(await verdict(approvalId, answer.digest, people[first], 'approve')).toMatchObject({ status: 'pending' })
      await expect(verdict(approvalId, answer.digest, people[second], 'approve')).rejects.toMatchObject({
        code: 'separation_of_duties',
      })
      const [one, two] = [people[second].id, first === 'delegate' ? null : people.absent.id]
      await expect(insert(pools.app, approvalId, answer.digest, one, two)).rejects.toMatchObject({
        constraint: 'verdict_one_for_a_person',
      })
    }
  })

  it('and whoever is away, answering at the same moment over two connections, take one seat, fifty times over', async () => {
    const { absent, delegate } = await away()
    for (let race = 0; race < 50; race += 1) {
      const { answer, approvalId } = await held(await asking(['ciso'], { approvals: 2 }))
      const answers = await Promise.allSettled([
        insert(pools.app, approvalId, answer.digest, absent.id, null),
        insert(other, approvalId, answer.digest, delegate.id, absent.id),
      ])
      expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    }
  })

  it('answers nothing for the requester, nor alone for the owner', async () => {
    const { absent, delegate } = await away(['analyst'])
    const asked = await held(await asking(['analyst']))
    await pools.superuser.query('UPDATE approval SET requester_id = $1 WHERE id = $2', [absent.id, asked.approvalId])
    await expect(verdict(asked.approvalId, asked.answer.digest, delegate, 'approve')).rejects.toMatchObject({
      code: 'separation_of_duties',
    })
    await expect(
      insert(pools.app, asked.approvalId, asked.answer.digest, delegate.id, absent.id),
    ).rejects.toMatchObject({
      code: 'CSDG1',
    })
    const agent = await asking(['analyst'])
    await pools.superuser.query('UPDATE agent SET owner_id = $1 WHERE id = $2', [absent.id, agent.agentId])
    const owned = await held(agent)
    await expect(verdict(owned.approvalId, owned.answer.digest, delegate, 'reject')).rejects.toMatchObject({
      code: 'separation_of_duties',
    })
    await expect(
      insert(pools.app, owned.approvalId, owned.answer.digest, delegate.id, absent.id),
    ).rejects.toMatchObject({
      code: 'CSDG1',
    })
  })

  it('passes nothing on: whoever stands in for a delegate has the delegate’s own words and no more', async () => {
    const { delegate } = await away()
    const third = await testPerson([], 'Mo')
    const now = new Date()
    await transaction((tx) =>
      beginDelegation(tx, delegate, { delegateId: third.id, endsAt: new Date(now.getTime() + DAY) }, now),
    )
    const { answer, approvalId } = await held(await asking(['ciso']))
    await expect(verdict(approvalId, answer.digest, await signedInAs(third.id), 'approve')).rejects.toMatchObject({
      code: 'not_permitted',
    })
  })

  it('answers no more once it has ended, whoever of the two ended it, nor where a stale page still says so', async () => {
    for (const by of ['absent', 'delegate'] as const) {
      const people = await away()
      const { answer, approvalId } = await held(await asking(['ciso']))
      await transaction((tx) => endDelegation(tx, people[by], people.id, new Date()))
      expect((await signedInAs(people.delegate.id)).standsInFor).toBeUndefined()
      // `delegate` was read before it ended
      await expect(verdict(approvalId, answer.digest, people.delegate, 'approve')).rejects.toMatchObject({
        code: 'not_permitted',
      })
      await expect(
        insert(pools.app, approvalId, answer.digest, people.delegate.id, people.absent.id),
      ).rejects.toMatchObject({
        code: 'CSDG1',
      })
    }
  })

  it('is never an administrator or an auditor, and nobody ends what is not theirs', async () => {
    const absent = await testPerson(['analyst'])
    const endsAt = new Date(Date.now() + DAY)
    for (const role of ['administrator', 'auditor'] as const) {
      const named = await testPerson([role])
      await expect(
        transaction((tx) => beginDelegation(tx, absent, { delegateId: named.id, endsAt }, new Date())),
      ).rejects.toMatchObject({ code: 'invalid_request', field: 'delegateId' })
    }
    const { id } = await away()
    await expect(transaction((tx) => endDelegation(tx, absent, id, new Date()))).rejects.toMatchObject({
      code: 'not_found',
    })
  })
})

describe('what Postgres holds of delegations', () => {
  const row = (delegator: string, delegate: string, from: number, until: number, pool: pg.Pool = pools.app) =>
    pool.query(
      `INSERT INTO delegation (id, delegator_id, delegate_id, starts_at, ends_at) VALUES ($1, $2, $3, $4, $5)`,
      [newId(), delegator, delegate, new Date(Date.now() + from * DAY), new Date(Date.now() + until * DAY)],
    )

  it('no self, no end that is missing or more than 90 days off, and no overlap', async () => {
    const [one, two, three] = [await testPerson(), await testPerson(), await testPerson()]
    await expect(row(one.id, one.id, 0, 1)).rejects.toMatchObject({ constraint: 'delegation_to_somebody_else' })
    await expect(row(one.id, two.id, 0, 91)).rejects.toMatchObject({ constraint: 'delegation_has_an_end' })
    await row(one.id, two.id, 1, 3)
    await expect(row(one.id, three.id, 2, 4)).rejects.toMatchObject({ constraint: 'delegation_one_at_a_time' })
    await row(one.id, three.id, 3, 4)
  })

  it('no overlap of two that are made at the same moment over two connections', async () => {
    const [two, three] = [await testPerson(), await testPerson()]
    for (let race = 0; race < 30; race += 1) {
      const one = await testPerson()
      const made = await Promise.allSettled([row(one.id, two.id, 0, 2), row(one.id, three.id, 1, 3, other)])
      expect(made.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    }
  })

  it('it is only ended, once: not lengthened, not begun again, not taken away', async () => {
    const { id, absent } = await away()
    const app = (sql: string) => pools.app.query(sql, [id])
    await expect(app(`UPDATE delegation SET ends_at = ends_at + interval '1 day' WHERE id = $1`)).rejects.toThrow()
    await expect(app('DELETE FROM delegation WHERE id = $1')).rejects.toThrow()
    await transaction((tx) => endDelegation(tx, absent, id, new Date()))
    await expect(app('UPDATE delegation SET ended_at = NULL, ended_by = NULL WHERE id = $1')).rejects.toThrow()
  })
})

it('the end of a delegation whose time is over is recorded once, though it lent nothing since', async () => {
  const { id } = await away()
  const later = new Date(Date.now() + 2 * DAY)
  expect(await transaction((tx) => recordEndedDelegations(tx, later))).toBeGreaterThan(0)
  expect(await transaction((tx) => recordEndedDelegations(tx, later))).toBe(0)
  const { rows } = await pools.superuser.query<{ kind: string }>(
    `SELECT kind FROM ledger.entry WHERE convert_from(envelope, 'UTF8')::jsonb #>> '{about,delegation}' = $1 ORDER BY id`,
    [id],
  )
  expect(rows.map(({ kind }) => kind)).toEqual(['delegation.begun', 'delegation.ended'])
})
