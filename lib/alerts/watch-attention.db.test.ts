import { expect, it } from 'vitest'
import { publicId } from '@/lib/core/ids'
import { db, transaction } from '@/lib/db/client'
import { testDatabase } from '@/lib/db/testing'
import { governed, sampleTool } from '@/lib/decisions/governed-testing'
import { lifecycle } from '@/lib/decisions/lifecycle-testing'
import { noteShown } from '@/lib/decisions/note-shown'
import { readInbox, readRequest } from '@/lib/decisions/read-inbox'
import { testLedger } from '@/lib/ledger/testing'
import { signedInAs, testPerson, testSessions } from '@/lib/people/testing'
import { asBoundary } from '@/lib/boundary/subject'
import { governedBy, standingOf } from '@/lib/boundary/read'
import { draftWidening, readWidening } from '@/lib/trials/widening'
import { watchAttention } from './watch-attention'

const database = await testDatabase()
const { pools } = database
await testLedger(database)
testSessions()
const { held, verdict } = lifecycle(database)
const dana = await testPerson(['analyst'], 'Dana Whitlock')
await sampleTool(pools.superuser, 'crm.note', 'write', true)
await sampleTool(pools.superuser, 'pay.refund', 'write', false)

async function approveAll(tool: string, count: number) {
  const agent = await governed(pools.superuser, { approval_required: [{ tool, when: null, reason: null }] })
  const source = `agent: sample\napproval_required:\n  - ${tool}\n`
  await pools.superuser.query('ALTER TABLE boundary_version DISABLE TRIGGER signed_is_final')
  await pools.superuser.query(
    `UPDATE boundary_version SET source = $2, document = jsonb_set(document, '{agent}', to_jsonb($3::text)) WHERE agent_id = $1`,
    [agent.agentId, source.replace('sample', agent.slug), agent.slug],
  )
  await pools.superuser.query('ALTER TABLE boundary_version ENABLE ALWAYS TRIGGER signed_is_final')
  for (let at = 0; at < count; at += 1) {
    const { approvalId, answer } = await held(agent, {
      tool,
      arguments: { ticket: `SUP-${String(at % 3)}`, level: at },
      resource: { type: 'ticket', id: `SUP-${String(at)}` },
    })
    await noteShown(db(), dana, await readRequest(db(), dana, publicId('approval', approvalId), new Date()))
    await verdict(approvalId, answer.digest, dana, 'approve')
  }
  return agent
}

const note = await approveAll('crm.note', 22)
const refund = await approveAll('pay.refund', 22)
const few = await approveAll('crm.note', 3)

it('raises what is answered unread once a month, and names nobody', async () => {
  const raise = () => transaction((tx) => watchAttention(tx, new Date()))
  expect(await raise()).toBe(3) // Dana, and two kinds of question
  expect(await raise()).toBe(0)
  const { rows } = await pools.superuser.query<{ says: string; agent_id: string | null }>(
    `SELECT detail ->> 'says' AS says, agent_id FROM alert WHERE kind = 'rubber_stamping' ORDER BY agent_id NULLS FIRST`,
  )
  expect(rows.map(({ agent_id: agent }) => agent)).toEqual([null, ...[note.agentId, refund.agentId].toSorted()])
  expect(rows[0]?.says).toContain('of 47 timed answers came faster than what was shown can be read')
  expect(JSON.stringify(rows)).not.toContain('Whitlock')
})

it('names gates nobody refused as candidates, those with stakes never, and too few not at all', async () => {
  const owner = await signedInAs(note.personId)
  const mine = (await readWidening(db(), owner, new Date())).gates
  expect(mine).toMatchObject([{ agent: note.slug, tool: 'crm.note', approved: 22, stays: null, mayDraft: true }])
  const all = (await readWidening(db(), dana, new Date())).gates
  expect(all.find(({ agentId }) => agentId === refund.agentId)).toMatchObject({ stays: 'stakes', mayDraft: false })
  expect(all.find(({ agentId }) => agentId === few.agentId)).toBeUndefined()
})

it('drafts, and only drafts, what lets exactly that past run alone', async () => {
  const owner = await signedInAs(note.personId)
  const draft = (agent: string, tool: string) =>
    transaction((tx) => draftWidening(tx, owner, { agent, tool }, new Date()))
  await expect(draft(refund.slug, 'pay.refund')).rejects.toMatchObject({ code: 'wrong_state' })
  await expect(draft(few.slug, 'crm.note')).rejects.toMatchObject({ code: 'wrong_state' })
  const { version } = await draft(note.slug, 'crm.note')
  const standing = await standingOf(db(), await governedBy(db(), note.slug))
  expect(standing.inForce?.version).toBe(version - 1)
  const document = standing.draft && asBoundary(standing.draft.document)
  const when = document?.autonomous[0]?.when ?? ''
  expect(document?.autonomous).toMatchObject([{ tool: 'crm.note' }])
  expect(when).toContain('args["level"] >= 0 && args["level"] <= 21')
  expect(when).toContain('args["ticket"] in ["SUP-0", "SUP-1", "SUP-2"]')
  expect(document?.approval_required[0]).toMatchObject({ tool: 'crm.note', when: `!${when}` })
  await expect(draft(note.slug, 'crm.note')).rejects.toMatchObject({ code: 'conflict' })
  expect((await readInbox(db(), dana, new Date())).rows).toEqual([])
})
