import { describe, expect, it } from 'vitest'
import { newId } from '@/lib/core/ids'
import { applyChange } from '@/lib/db/gate'
import { testDatabase } from '@/lib/db/testing'
import { engage } from '@/lib/halt/engage'
import { prepareEntry } from '@/lib/ledger/append'
import { testLedger } from '@/lib/ledger/testing'
import { testPerson } from '@/lib/people/testing'
import { claimGrant } from './claim'
import { governed } from './governed-testing'
import { lifecycle } from './lifecycle-testing'

const database = await testDatabase()
const { pools } = database
await testLedger(database)
const { context, held, verdict } = lifecycle(database)

describe('a halt that comes while a verdict is being written', () => {
  it('takes a fresh look after it is lifted, as one that came after the verdict', async () => {
    const agent = await governed(pools.superuser)
    const [dana, bram] = [await testPerson(['analyst']), await testPerson(['analyst'])]
    const { answer, actionId, approvalId } = await held(agent)
    // the verdict has looked for halts and waits for its approval
    const other = await pools.superuser.connect()
    await other.query('BEGIN')
    await other.query('SELECT 1 FROM approval WHERE id = $1 FOR UPDATE', [approvalId])
    const voting = verdict(approvalId, answer.digest, dana, 'approve')
    await verdictWaits()
    const { id } = await engage({ scope: 'agent', agent: agent.slug, reason: '', by: bram.id, now: new Date() })
    await other.query('COMMIT')
    other.release()
    await voting
    await expect(claimGrant(context, agent.caller, actionId)).rejects.toMatchObject({ code: 'frozen' })
    await lift(id, [dana.id, bram.id])
    expect(await claimGrant(context, agent.caller, actionId)).toMatchObject({ status: 'superseded', grant: null })
  })
})

async function verdictWaits(): Promise<void> {
  for (;;) {
    const { rows } = await pools.superuser.query(
      `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND query ~ 'FROM approval WHERE id = '`,
    )
    if (rows.length > 0) return
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

/** Two people agreed, written as the superuser; the gate then lifts it as it would for the console. */
async function lift(haltId: string, by: readonly [string, string]): Promise<void> {
  const approval = newId()
  const digest = Buffer.alloc(32, 1)
  await pools.superuser.query(
    `INSERT INTO approval (id, kind, subject_id, digest, status, seats, rule, expires_at, closed_at) VALUES ($1, 'halt_lift', $2, $3, 'approved', 2, '{}', now(), now())`,
    [approval, haltId, digest],
  )
  for (const person of by)
    await pools.superuser.query(
      `INSERT INTO verdict (id, approval_id, person_id, answer, reason, digest) VALUES ($1, $2, $3, 'approve', '', $4)`,
      [newId(), approval, person, digest],
    )
  const entry = await prepareEntry(pools.app, {
    kind: 'halt.lifted',
    actor: `person:${by[0]}`,
    about: { halt: haltId },
  })
  expect(
    await applyChange('halt.lift', { id: haltId, reason: 'over', by: by[0] }, { ...entry, projection: null }),
  ).toMatchObject({ applied: true })
}
