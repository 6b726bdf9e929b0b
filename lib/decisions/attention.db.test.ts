import { describe, expect, it } from 'vitest'
import { publicId } from '@/lib/core/ids'
import { db } from '@/lib/db/client'
import { testDatabase } from '@/lib/db/testing'
import { testLedger } from '@/lib/ledger/testing'
import { signedInAs, testPerson, testSessions } from '@/lib/people/testing'
import { governed } from './governed-testing'
import { governAttention } from './govern-attention'
import { HOLD, lifecycle } from './lifecycle-testing'
import { noteShown } from './note-shown'
import { attentionSetting, readAttention, rubberStamping } from './read-attention'
import { readRequest } from './read-inbox'
import { ENDS, PACE } from './store-attention'

const database = await testDatabase()
const { pools } = database
await testLedger(database)
testSessions()
const { held, verdict } = lifecycle(database)
const analyst = await testPerson(['analyst'], 'Dana Whitlock')
const ciso = await testPerson(['ciso'], 'Ilse Tamm')

/** Opens the page of a request, as the console does. */
async function open(person: typeof analyst, approvalId: string): Promise<void> {
  const now = new Date()
  await noteShown(db(), person, await readRequest(db(), person, publicId('approval', approvalId), now))
}

const measured = async (approvalId: string) =>
  (
    await pools.superuser.query<{ answer: string; was_shown: boolean; took_ms: number; needs_ms: number | null }>(
      'SELECT answer, was_shown, took_ms, needs_ms FROM attention_answered WHERE approval_id = $1',
      [approvalId],
    )
  ).rows

describe('how long an answer took', () => {
  it('is counted from when its page was first sent to whoever gave it', async () => {
    const { approvalId, answer } = await held(await governed(pools.superuser))
    await open(analyst, approvalId)
    await open(analyst, approvalId)
    const { rows: shown } = await pools.superuser.query<{ at: Date; needs_ms: number }>(
      'SELECT at, needs_ms FROM shown WHERE approval_id = $1',
      [approvalId],
    )
    expect(shown).toHaveLength(1)
    const at = new Date((shown[0]?.at.getTime() ?? 0) + 1_500)
    await verdict(approvalId, answer.digest, analyst, 'approve', '', at)
    expect(await measured(approvalId)).toEqual([
      { answer: 'approve', was_shown: true, took_ms: 1_500, needs_ms: shown[0]?.needs_ms },
    ])
  })

  it('is counted from when it was asked, and timed against no text, where nobody was shown it', async () => {
    const { approvalId, answer } = await held(await governed(pools.superuser))
    await verdict(approvalId, answer.digest, analyst, 'reject', 'not this host')
    const [row] = await measured(approvalId)
    expect(row).toMatchObject({ answer: 'reject', was_shown: false, needs_ms: null })
  })

  it('is noted for nobody who may not answer', async () => {
    const agent = await governed(pools.superuser)
    const { approvalId } = await held(agent)
    for (const person of [await signedInAs(agent.personId), await testPerson(['auditor']), ciso])
      await open(person, approvalId)
    const { rowCount } = await pools.superuser.query('SELECT FROM shown WHERE approval_id = $1', [approvalId])
    expect(rowCount).toBe(0)
  })

  it('can be changed by nobody: the app inserts what was shown and reads the rest', async () => {
    for (const table of ['shown', 'attention_asked', 'attention_answered', 'attention_setting'])
      for (const deed of [
        `DELETE FROM ${table}`,
        `UPDATE ${table} SET ${table === 'attention_setting' ? 'days = 8' : 'approval_id = approval_id'}`,
      ])
        await expect(pools.app.query(deed), deed).rejects.toMatchObject({ code: '42501' })
    await expect(pools.superuser.query('DELETE FROM shown')).rejects.toMatchObject({ code: '42501' })
    await expect(
      pools.app.query(
        `INSERT INTO shown (approval_id, person_id, at, needs_ms) SELECT id, $1, now(), 1 FROM approval LIMIT 1`,
        [analyst.id],
      ),
    ).rejects.toMatchObject({ code: '42501' })
    await expect(
      pools.app.query(`INSERT INTO attention_asked SELECT id, 1, 'approved', now() FROM approval LIMIT 1`),
    ).rejects.toMatchObject({ code: '42501' })
  })
})

describe('the figures', () => {
  it('count each kind of question and each person, and find who answers faster than anybody reads', async () => {
    const agent = await governed(pools.superuser)
    const hasty = await testPerson(['analyst'], 'Bram Castellane')
    for (let at = 0; at < 24; at += 1) {
      const { approvalId, answer } = await held(agent, { ...HOLD, arguments: { host: `fin-lt-${String(at)}` } })
      await open(hasty, approvalId)
      await verdict(approvalId, answer.digest, hasty, at === 0 ? 'reject' : 'approve')
    }
    const view = await readAttention(db(), ciso, new Date())
    const gate = view.gates.find((one) => one.gate.agentId === agent.agentId)
    expect(gate?.gate).toMatchObject({
      agent: agent.slug,
      tool: 'edr.isolate_host',
      reason: 'approval_required',
      rule: 'approval_required[0]',
    })
    expect(gate?.ends).toEqual({ asked: 24, approved: 23, rejected: 1, expired: 0, other: 0 })
    expect(gate?.pace).toMatchObject({ verdicts: 24, refused: 1, timed: 24, fast: 24 })
    expect(view.people.find(({ person }) => person.id === hasty.id)?.pace).toMatchObject({
      verdicts: 24,
      timed: 24,
      fast: 24,
    })
    expect(view.weeks.reduce((sum, week) => sum + week.asked, 0)).toBe(view.ends.asked)
    const found = await rubberStamping(db(), new Date())
    expect(found.people.map(({ id }) => id)).toEqual([hasty.id])
    expect(found.gates.map((one) => one.gate.agent)).toContain(agent.slug)
  })

  it('show nobody but cisos and auditors how others answer, and an owner what their own agents ask', async () => {
    const agent = await governed(pools.superuser)
    const { approvalId, answer } = await held(agent)
    await verdict(approvalId, answer.digest, analyst, 'approve')
    expect((await readAttention(db(), analyst, new Date())).people.map(({ person }) => person.id)).toEqual([analyst.id])
    expect((await readAttention(db(), await testPerson(['auditor']), new Date())).people.length).toBeGreaterThan(1)
    const owner = await readAttention(db(), await signedInAs(agent.personId), new Date())
    expect(owner.gates.map((one) => one.gate.agent)).toEqual([agent.slug])
    expect(owner.ends.asked).toBe(1)
    expect(owner.people).toEqual([])
  })

  it('follow what a ciso sets, and the entry says what was set before', async () => {
    const setting = { days: 30, leastVerdicts: 25, mostFast: 50, widenDays: 120, widenRequests: 40 }
    await governAttention(db(), ciso, setting, new Date())
    expect(await attentionSetting(db())).toEqual(setting)
    expect((await rubberStamping(db(), new Date())).people).toEqual([])
  })
})

describe('the figures at a million questions', () => {
  it('are read from the indices alone, each in one pass', async () => {
    // rows as the triggers write them, without the million approvals behind them
    const client = await pools.superuser.connect()
    try {
      await client.query('SET session_replication_role = replica')
      await client.query(`INSERT INTO attention_asked SELECT gen_random_uuid(), n % 200, CASE WHEN n % 50 = 0 THEN 'rejected' WHEN n % 31 = 0 THEN 'expired' ELSE 'approved' END,
        now() - (1000000 - n) * interval '31 seconds' FROM generate_series(1, 1000000) n`)
      await client.query(`INSERT INTO attention_answered SELECT gen_random_uuid(), gen_random_uuid(), n % 200, ('00000000-0000-7000-8000-' || lpad((n % 40)::text, 12, '0'))::uuid,
        CASE WHEN n % 50 = 0 THEN 'reject' ELSE 'approve' END, now() - (1000000 - n) * interval '31 seconds', (n * 7919::bigint) % 600000, true, 9000 FROM generate_series(1, 1000000) n`)
    } finally {
      await client.query('SET session_replication_role = origin')
      client.release()
    }
    await pools.superuser.query('VACUUM (ANALYZE) attention_asked, attention_answered')
    const since = new Date(Date.now() - 90 * 86_400_000)
    for (const [sql, index] of [
      [ENDS, 'attention_asked_closed'],
      [PACE, 'attention_answered_at'],
    ] as const) {
      const { rows } = await pools.app.query<{ 'QUERY PLAN': string }>(`EXPLAIN (ANALYZE, BUFFERS) ${sql}`, [since])
      const plan = rows.map((row) => row['QUERY PLAN']).join('\n')
      expect(plan).toContain(`Index Only Scan using ${index}`)
      expect(plan).not.toContain('Seq Scan on attention')
      if (process.env['SHOW_PLAN'] !== undefined) console.log(plan)
    }
    const medians = await pools.app.query<{ person: string | null; gate: string | null; medianMs: number }>(PACE, [
      since,
    ])
    const all = medians.rows.find(({ person, gate }) => person === null && gate === null)
    const exact = await pools.superuser.query<{ median: number }>(
      'SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY took_ms) AS median FROM attention_answered WHERE at >= $1',
      [since],
    )
    expect(Math.abs((all?.medianMs ?? 0) / (exact.rows[0]?.median ?? 1) - 1)).toBeLessThan(0.06)
  }, 900_000)
})
