import { describe, expect, it } from 'vitest'
import { db, transaction } from '@/lib/db/client'
import { testDatabase } from '@/lib/db/testing'
import { answerQuestion } from '@/lib/decisions/answer-question'
import { askQuestion } from '@/lib/decisions/ask'
import { editAction } from '@/lib/decisions/edit'
import { governed, type Governed } from '@/lib/decisions/governed-testing'
import { lifecycle } from '@/lib/decisions/lifecycle-testing'
import { readRequest } from '@/lib/decisions/read-inbox'
import { eraseEntry } from '@/lib/ledger/erase'
import { verifierOf } from '@/lib/ledger/guard'
import { openPayload } from '@/lib/ledger/open'
import { sequenceOnce } from '@/lib/ledger/sequence'
import { testLedger } from '@/lib/ledger/testing'
import { verifyLedger } from '@/lib/ledger/verify'
import { testPerson, testSessions } from '@/lib/people/testing'
import { eraseFor } from './erase-for'

const database = await testDatabase()
const { pools } = database
const ledger = await testLedger(database)
testSessions()
const { held, verdict } = lifecycle(database)
const [administrator, dana] = [await testPerson(['administrator']), await testPerson(['analyst'])]
const DENIED = '42501'
const IBAN = 'DE89 3704 0044'
const now = () => new Date()
const why = { reason: 'They asked for it', basis: 'GDPR Article 17(1)(b)' }
const bytes = (digest: string) => Buffer.from(digest.slice(7), 'hex')

/** A request on somebody's behalf, asked about, answered, edited and decided, with what is theirs in every word. */
async function spokenOf(id: string): Promise<{ agent: Governed; actionId: string; approvalId: string; shown: string }> {
  const agent = await governed(pools.superuser)
  const { answer, actionId, approvalId } = await held(agent, {
    tool: 'edr.isolate_host',
    arguments: { host: 'h1', iban: IBAN },
    on_behalf_of: { type: 'user', id },
  })
  await transaction((tx) => askQuestion(tx, { approvalId, actor: dana, text: `Is it ${IBAN}?`, now: now() }))
  await transaction((tx) => answerQuestion(tx, agent.agentId, actionId, { text: `It is ${IBAN}.` }, now()))
  const edited = await editAction(pools.app, db(), {
    approvalId,
    actor: dana,
    digest: bytes(answer.digest),
    text: JSON.stringify({ host: 'h2', iban: IBAN }),
    now: now(),
  })
  await verdict(approvalId, edited.digest, dana, 'reject', `never to ${IBAN}`)
  return { agent, actionId, approvalId, shown: answer.approval?.id ?? '' }
}

const columns = async (approvalId: string): Promise<string> => {
  const { rows } = await pools.superuser.query(
    `SELECT (SELECT jsonb_agg(to_jsonb(q)) FROM question q WHERE q.approval_id = $1) AS questions,
            (SELECT jsonb_agg(to_jsonb(v)) FROM verdict v WHERE v.approval_id = $1) AS verdicts`,
    [approvalId],
  )
  return JSON.stringify(rows)
}
const payloads = async (actionId: string) => {
  const { rows } = await pools.superuser.query<{ id: string; kind: string }>(
    'SELECT id, kind FROM ledger.entry WHERE id = $1 OR action_id = $1 ORDER BY id',
    [actionId],
  )
  return Promise.all(rows.map(async ({ id, kind }) => [kind, (await openPayload(db(), id))?.state] as const))
}

describe('erasing a requester', () => {
  it('takes what was said about their requests: edits, questions, answers and reasons, in the log and beside it', async () => {
    const mine = await spokenOf('eve@example.com')
    const other = await spokenOf('mallory@example.com')
    expect(await columns(mine.approvalId)).toContain(IBAN)
    const { payloads: kept } = await eraseFor(pools.jobs, administrator, {
      type: 'user',
      id: 'eve@example.com',
      ...why,
    })
    const asked = { type: 'user', id: 'eve@example.com', ...why, confirm: kept }
    expect(await eraseFor(pools.jobs, administrator, asked)).toEqual({ payloads: 5, erased: true })
    expect(await payloads(mine.actionId)).toEqual([
      ['action.decided', 'erased'],
      ['approval.asked', 'erased'],
      ['approval.answered', 'erased'],
      ['approval.edited', 'erased'],
      ['approval.rejected', 'erased'],
    ])
    expect(await columns(mine.approvalId)).not.toContain(IBAN)
    const shown = await readRequest(db(), dana, mine.shown, now())
    expect(shown).toMatchObject({ erased: true, questions: [], verdicts: [{ answer: 'reject', reason: '' }] })
    expect(JSON.stringify(shown)).not.toContain(IBAN)
    expect(await columns(other.approvalId)).toContain(IBAN)
    expect((await readRequest(db(), dana, other.shown, now())).questions).toHaveLength(1)
    await sequenceOnce(pools.sequencer, ledger, null)
    const client = await pools.superuser.connect()
    try {
      const verified = await verifyLedger({ client, verifier: verifierOf(ledger), keys: ledger.keys })
      expect(verified).toMatchObject({ whole: true })
    } finally {
      client.release()
    }
  })

  it('while their request waits leaves nothing to ask about or to edit, and it can still be rejected', async () => {
    const agent = await governed(pools.superuser)
    const { answer, actionId, approvalId } = await held(agent, {
      tool: 'edr.isolate_host',
      arguments: { host: 'h1' },
      on_behalf_of: { type: 'user', id: 'frank@example.com' },
    })
    const ask = () => transaction((tx) => askQuestion(tx, { approvalId, actor: dana, text: 'Which?', now: now() }))
    await ask()
    await eraseFor(pools.jobs, administrator, { type: 'user', id: 'frank@example.com', ...why, confirm: 2 })
    const reply = transaction((tx) => answerQuestion(tx, agent.agentId, actionId, { text: 'This' }, now()))
    await expect(reply).rejects.toMatchObject({ code: 'wrong_state' })
    await expect(ask()).rejects.toMatchObject({ code: 'wrong_state' })
    const rejected = await verdict(approvalId, answer.digest, dana, 'reject', 'nobody can read it')
    expect(rejected.status).toBe('rejected')
  })

  it('of one payload alone takes the words that were kept beside that one', async () => {
    const { actionId, approvalId } = await spokenOf('grace@example.com')
    const entry = async (kind: string) => {
      const { rows } = await pools.superuser.query<{ id: string }>(
        'SELECT id FROM ledger.entry WHERE action_id = $1 AND kind = $2',
        [actionId, kind],
      )
      return rows[0]?.id ?? ''
    }
    await eraseEntry(pools.jobs, administrator.id, await entry('approval.rejected'), why)
    expect(await columns(approvalId)).not.toContain('never to')
    expect(await columns(approvalId)).toContain('Is it')
    await eraseEntry(pools.jobs, administrator.id, await entry('approval.asked'), why)
    expect(await columns(approvalId)).not.toContain(IBAN)
  })
})

describe('what was said about a request', () => {
  it.each(['app', 'jobs', 'owner', 'superuser'] as const)(
    'is nobody’s to change otherwise: not %s’s',
    async (login) => {
      const { approvalId } = await spokenOf(`${login}@example.com`)
      const waits = await held(await governed(pools.superuser))
      await transaction((tx) =>
        askQuestion(tx, { approvalId: waits.approvalId, actor: dana, text: 'Which?', now: now() }),
      )
      for (const sql of [
        `UPDATE verdict SET reason = '' WHERE approval_id = $1`,
        `UPDATE question SET text = '', answer = '', erased_at = now() WHERE approval_id = $1`,
        `UPDATE question SET answer = '' WHERE approval_id = $1`,
        'DELETE FROM question WHERE approval_id = $1',
        'DELETE FROM verdict WHERE approval_id = $1',
      ])
        await expect(pools[login].query(sql, [approvalId]), sql).rejects.toMatchObject({ code: DENIED })
      await expect(
        pools[login].query(`UPDATE question SET text = '', erased_at = now() WHERE approval_id = $1`, [
          waits.approvalId,
        ]),
      ).rejects.toMatchObject({ code: DENIED })
      for (const call of ['ledger.forget_words_under()', 'ledger.forget_words_of()'])
        await expect(pools[login].query(`SELECT ${call}`)).rejects.toMatchObject({
          code: expect.stringMatching(/^(42501|0A000)$/) as string,
        })
    },
  )
})
