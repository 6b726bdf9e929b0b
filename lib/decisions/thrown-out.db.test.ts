import { describe, expect, it } from 'vitest'
import { db } from '@/lib/db/client'
import { testDatabase } from '@/lib/db/testing'
import { testLedger } from '@/lib/ledger/testing'
import type { Actor } from '@/lib/people/actor'
import { testPerson } from '@/lib/people/testing'
import { governed } from './governed-testing'
import { lifecycle } from './lifecycle-testing'
import { readRequest } from './read-inbox'

const database = await testDatabase()
const { pools } = database
await testLedger(database)
const { held, state, verdict } = lifecycle(database)

/** Held for two cisos; the first has approved. */
async function halfApproved() {
  const people = [await testPerson(['ciso'], 'Dana Whitlock'), await testPerson(['ciso']), await testPerson(['ciso'])]
  const [dana, bram, cleo] = people as [Actor, Actor, Actor]
  const agent = await governed(pools.superuser, {
    approval_required: [{ tool: 'edr.isolate_host', when: null, reason: null, by: ['ciso'], approvals: 2 }],
  })
  const asked = await held(agent)
  expect(await verdict(asked.approvalId, asked.answer.digest, dana, 'approve')).toMatchObject({ status: 'pending' })
  return { agent, dana, bram, cleo, ...asked }
}
const OUT: [string, string, string][] = [
  ['was deactivated', `UPDATE person SET deactivated_at = now() WHERE id = $1`, 'account was deactivated'],
  ['lost the role of their seat', `UPDATE person SET roles = '{analyst}' WHERE id = $1`, 'no longer theirs'],
]

describe.each(OUT)('an approval of somebody who %s since', (_, out, words) => {
  it('fills no seat: the page says whose and why, the next one completes nothing, and another person takes the seat', async () => {
    const { agent, dana, bram, cleo, answer, actionId, approvalId } = await halfApproved()
    await pools.superuser.query(out, [dana.id])
    const page = await readRequest(db(), bram, answer.approval?.id ?? '', new Date())
    expect(page.verdicts).toMatchObject([
      { person: { name: 'Dana Whitlock' }, seat: 0, fallen: expect.stringContaining(words) as string },
    ])
    expect(page.you.approve).toMatchObject({ ok: true, seat: 0 })
    expect(await verdict(approvalId, answer.digest, bram, 'approve')).toMatchObject({ status: 'pending' })
    expect(await state(agent, actionId)).toBe('held')
    await expect(verdict(approvalId, answer.digest, bram, 'approve')).rejects.toMatchObject({
      code: 'separation_of_duties',
    })
    expect(await verdict(approvalId, answer.digest, cleo, 'approve')).toMatchObject({ status: 'approved' })
    const { rows } = await pools.superuser.query<{ said: { verdicts: { person: string }[] } }>(
      `SELECT convert_from(envelope, 'UTF8')::json AS said FROM ledger.entry WHERE kind = 'approval.approved' AND action_id = $1`,
      [actionId],
    )
    expect(rows[0]?.said.verdicts.map(({ person }) => person)).toEqual([bram.id, cleo.id])
    const after = await readRequest(db(), bram, answer.approval?.id ?? '', new Date())
    expect(after.verdicts).toHaveLength(3)
  })

  it('is not given at all by somebody whose page was opened before', async () => {
    const { bram, answer, approvalId, agent, actionId } = await halfApproved()
    await pools.superuser.query(out, [bram.id])
    await expect(verdict(approvalId, answer.digest, bram, 'approve')).rejects.toMatchObject({ code: 'not_permitted' })
    expect(await state(agent, actionId)).toBe('held')
  })
})
