import { describe, expect, it } from 'vitest'
import { newId } from '@/lib/core/ids'
import { testDatabase } from '@/lib/db/testing'
import { append } from '@/lib/ledger/append'
import { applyRetention } from '@/lib/ledger/apply-retention'
import { verifierOf } from '@/lib/ledger/guard'
import { openPayload } from '@/lib/ledger/open'
import { PAYLOAD_CLASS_SQL, payloadClass } from '@/lib/ledger/payload-class'
import { sequenceOnce } from '@/lib/ledger/sequence'
import { parseEntry } from '@/lib/ledger/entry'
import { tampered } from '@/lib/ledger/tampering'
import { testLedger } from '@/lib/ledger/testing'
import { verifyLedger } from '@/lib/ledger/verify'

const database = await testDatabase()
const { pools } = database
const ledger = await testLedger(database)
const DAY = 86_400_000
/** The database takes only ids of now, so it is the job that is run later. */
const inDays = (days: number) => new Date(Date.now() + days * DAY)
const agent = newId()

const asked = (access: 'read' | 'write', of = agent) =>
  append(pools.app, {
    kind: 'action.decided',
    actor: 'agent',
    agent: of,
    class: { access },
    payload: { order: 'A-17' },
    projection: { sentence: 'Looks at A-17' },
  })
const stateOf = async (id: string) => (await openPayload(pools.app, id))?.state

describe('retention', () => {
  it('lets nothing go before a class has days', async () => {
    await asked('read')
    expect(await applyRetention(pools.jobs, inDays(10_000))).toBe(0)
  })

  it('keeps what is younger, what is of another class and what a legal hold lies on', async () => {
    const held = newId()
    const [old, written, kept] = [await asked('read'), await asked('write'), await asked('read', held)]
    await pools.app.query(`INSERT INTO ledger.retention (class, days) VALUES ('read_actions', 30)`)
    await pools.app.query(
      `INSERT INTO ledger.legal_hold (id, scope, subject_id, reason, placed_by) VALUES ($1, 'agent', $2, 'Case 4711', $1)`,
      [newId(), held],
    )
    expect(await applyRetention(pools.jobs, inDays(29))).toBe(0)
    expect(await applyRetention(pools.jobs, inDays(32), 1)).toBe(2)
    expect([await stateOf(old.id), await stateOf(written.id), await stateOf(kept.id)]).toEqual([
      'erased',
      'open',
      'open',
    ])
    const shown = await pools.app.query('SELECT 1 FROM ledger.projection WHERE entry_id = $1', [old.id])
    expect(shown.rowCount).toBe(0)
  })

  it('says in entries what it let go: class, time and how many', async () => {
    const { rows } = await pools.app.query<{ envelope: Buffer }>(
      `SELECT envelope FROM ledger.entry WHERE kind = 'retention.applied' ORDER BY id`,
    )
    const said = rows.map(({ envelope }) => parseEntry(envelope)?.retention)
    expect(said).toMatchObject([
      { class: 'read_actions', count: 1 },
      { class: 'read_actions', count: 1 },
    ])
  })

  it('verifies, and what it does not account for is still found: another class, or what came after', async () => {
    const later = await asked('read', newId())
    const written = await asked('write')
    await sequenceOnce(pools.sequencer, ledger, null)
    const verifyWithout = (id: string) =>
      tampered(
        pools.superuser,
        async (client) => {
          await client.query('DELETE FROM ledger.payload WHERE entry_id = $1', [id])
        },
        (client) => verifyLedger({ client, verifier: verifierOf(ledger), keys: ledger.keys }),
      )
    expect(await verifyWithout(newId())).toMatchObject({ whole: true, erased: 2 })
    for (const id of [later.id, written.id])
      expect(await verifyWithout(id)).toMatchObject({ whole: false, fault: 'payload_missing', entryId: id })
  })

  it('puts every entry into the class a verifier puts it into', async () => {
    await append(pools.app, { kind: 'team.created', actor: 'system' })
    await append(pools.app, { kind: 'run.opened', actor: 'agent', agent })
    await append(pools.app, { kind: 'approval.voted', actor: 'system' })
    const { rows } = await pools.app.query<{ envelope: Buffer; class: string }>(
      `SELECT e.envelope, ${PAYLOAD_CLASS_SQL} AS class FROM ledger.entry e`,
    )
    expect(new Set(rows.map((row) => row.class)).size).toBe(5)
    for (const row of rows) {
      const entry = parseEntry(row.envelope)
      expect(entry && payloadClass(entry)).toBe(row.class)
    }
  })
})
