import { describe, expect, it } from 'vitest'
import { publicId } from '@/lib/core/ids'
import { db, transaction } from '@/lib/db/client'
import { testDatabase } from '@/lib/db/testing'
import { testLedger } from '@/lib/ledger/testing'
import type { Actor } from '@/lib/people/actor'
import { beginDelegation } from '@/lib/people/delegate'
import { signedInAs, testPerson, testSessions } from '@/lib/people/testing'
import { governed, type Governed } from './governed-testing'
import { lifecycle } from './lifecycle-testing'
import { readInbox, readRequest } from './read-inbox'

const database = await testDatabase()
const { pools } = database
await testLedger(database)
testSessions()
const { held } = lifecycle(database)
const MINE = { mine: true, order: 'deadline', most: 2_000 } as const

/** Another question like the first, of a kind of its own, under another rule. */
async function another(approvalId: string, rule: object, over: { seats?: number; requester?: string } = {}) {
  const { rows } = await pools.superuser.query<{ id: string }>(
    `INSERT INTO approval (id, kind, subject_id, digest, agent_id, seats, stakes, rule, requester_id, opened_at, expires_at)
     SELECT gen_random_uuid(), p.kind, p.subject_id, p.digest, p.agent_id, $2, p.stakes, p.rule || $3::jsonb, $4, now() - interval '1 hour', now() + interval '1 hour'
       FROM approval p WHERE p.id = $1 RETURNING id`,
    [approvalId, over.seats ?? 1, JSON.stringify(rule), over.requester ?? null],
  )
  return rows[0]!.id
}

async function answered(approvalId: string, by: string, seat: number | null, forId: string | null = null) {
  await pools.superuser.query(
    `INSERT INTO verdict (id, approval_id, person_id, answer, reason, seat, for_id, digest, at)
     SELECT gen_random_uuid(), p.id, $2, 'approve', 'read it', $3, $4, p.digest, now() FROM approval p WHERE p.id = $1`,
    [approvalId, by, seat, forId],
  )
}

const analystOf = async (agent: Governed): Promise<Actor> => {
  await pools.superuser.query(`UPDATE person SET roles = '{analyst}' WHERE id = $1`, [agent.personId])
  return signedInAs(agent.personId)
}

describe('what is counted and listed as one’s own', () => {
  it('is what the seat rule lets one answer, whoever looks and whatever was answered before', async () => {
    const agent = await governed(pools.superuser)
    const { approvalId } = await held(agent)
    const owner = await analystOf(agent)
    const [dana, bram, ciso] = [
      await testPerson(['analyst'], 'Dana Whitlock'),
      await testPerson(['analyst'], 'Bram Castellane'),
      await testPerson(['ciso'], 'Ilse Tamm'),
    ]
    const away = ({ id, name, email, roles, team }: Actor) => ({ id, name, email, roles, team })
    const delegate = { ...(await testPerson()), standsInFor: [away(dana), away(owner)] }
    const tired = { ...(await testPerson(['analyst'])), readOnly: true }
    const two = { seats: 2 }
    const pair = { asked: [['analyst'], ['ciso', 'analyst']] }
    const all = [
      approvalId,
      await another(approvalId, {}),
      await another(approvalId, {}, { requester: dana.id }),
      await another(approvalId, { requesterId: bram.id }),
      await another(approvalId, { ownerId: bram.id }),
      await another(approvalId, { asked: [['owner']], ownerId: bram.id }),
      await another(approvalId, { asked: [['ciso']] }),
      await another(approvalId, { asked: [['ciso']], later: [{ after: 60_000, to: ['analyst'], seats: [0] }] }),
      await another(approvalId, { asked: [['ciso']], later: [{ after: 7_200_000, to: ['analyst'], seats: [0] }] }),
      await another(approvalId, { asked: [[dana.email]] }),
      await another(approvalId, pair, two),
      await another(approvalId, { ...pair, follows: [null, 0] }, two),
      await another(approvalId, { asked: [['ciso'], ['analyst']], follows: [null, 0] }, two),
    ]
    const taken = await another(approvalId, { asked: [['analyst'], ['ciso']] }, two)
    await answered(taken, bram.id, 0)
    const stoodIn = await another(approvalId, pair, two)
    const until = new Date(Date.now() + 86_400_000)
    await transaction((tx) => beginDelegation(tx, dana, { delegateId: bram.id, endsAt: until }, new Date()))
    await answered(stoodIn, bram.id, 0, dana.id)
    const asked = new Set([...all, taken, stoodIn].map((one) => publicId('approval', one)))
    for (const actor of [dana, bram, ciso, owner, delegate, tired, await testPerson(['auditor'])]) {
      // the seat rule itself says of each whether it is theirs
      const seen = await readInbox(db(), actor, new Date(), { ...MINE, mine: false })
      const may = seen.rows.filter(({ id, yours }) => asked.has(id) && yours.ok).map(({ id }) => id)
      const { rows, waiting, kinds } = await readInbox(db(), actor, new Date(), MINE)
      expect({ who: actor.name, ids: rows.map(({ id }) => id).toSorted() }).toEqual({
        who: actor.name,
        ids: may.toSorted(),
      })
      expect({ waiting: waiting.mine, kinds }).toEqual({ waiting: may.length, kinds: may.length })
    }
  })

  it('is not hidden behind what its agents’ owner may not answer, however much of that there is', async () => {
    const busy = await governed(pools.superuser)
    const owner = await analystOf(busy)
    const { approvalId } = await held(busy)
    for (let at = 0; at < 3; at += 1) await another(approvalId, {})
    const { approvalId: answerable } = await held(await governed(pools.superuser))
    const { rows, waiting } = await readInbox(db(), owner, new Date(), { ...MINE, most: 1 })
    expect(rows).toHaveLength(1)
    expect(rows[0]?.agent).not.toBe(
      (await readRequest(db(), owner, publicId('approval', approvalId), new Date())).agent,
    )
    const every = await readInbox(db(), owner, new Date(), MINE)
    expect(every.rows.map(({ id }) => id)).toContain(publicId('approval', answerable))
    expect(waiting.mine).toBe(every.rows.reduce((sum, { alike }) => sum + alike.count, 0))
  })
})
