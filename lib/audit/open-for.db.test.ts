import { describe, expect, it } from 'vitest'
import { newId } from '@/lib/core/ids'
import { db, transaction } from '@/lib/db/client'
import { testDatabase } from '@/lib/db/testing'
import { append, type Append } from '@/lib/ledger/append'
import { eraseEntry, eraseSubject } from '@/lib/ledger/erase'
import { purposeNeeded } from '@/lib/ledger/purpose-needed'
import { sequenceOnce } from '@/lib/ledger/sequence'
import { subjectKey } from '@/lib/ledger/subject-key'
import { testLedger } from '@/lib/ledger/testing'
import { verifyLedger } from '@/lib/ledger/verify'
import { verifierOf } from '@/lib/ledger/guard'
import { testOrganisation, testPerson } from '@/lib/people/testing'
import { markSensitive, unmarkSensitive } from './mark-sensitive'
import { openFor } from './open-for'
import { sayPurpose } from './say-purpose'

const database = await testDatabase()
const { pools } = database
const ledger = await testLedger(database)
const administrator = await testOrganisation()
const [auditor, other] = [await testPerson(['auditor']), await testPerson(['analyst'])]
const nobody = await testPerson([])
const DENIED = '42501'

const asked = (tool: string, more: Partial<Append> = {}) =>
  append(pools.app, {
    kind: 'action.decided',
    actor: 'agent',
    agent: newId(),
    payload: { said: 'Dana was here' },
    projection: { tool, resource_type: 'patient', sentence: 'Dana was here' },
    ...more,
  })
const stateFor = async (actor: { id: string }, id: string) => (await openFor(db(), actor, [id])).get(id)?.state
const why = { reason: 'She asked for it', basis: 'GDPR Article 17(1)(b)' }
const verify = async () => {
  await sequenceOnce(pools.sequencer, ledger, null)
  const client = await pools.superuser.connect()
  try {
    return await verifyLedger({ client, verifier: verifierOf(ledger), keys: ledger.keys })
  } finally {
    client.release()
  }
}

describe('a sensitive payload', () => {
  it('opens for nobody who has not said why, and for them alone and what belongs to it', async () => {
    const { id } = await asked('hr.read_file')
    const result = await append(pools.app, {
      kind: 'action.completed',
      actor: 'agent',
      agent: newId(),
      action: id,
      payload: { output: 1 },
    })
    expect(await stateFor(auditor, id)).toBe('open')
    await transaction((tx) => markSensitive(tx, administrator.id, 'tool', 'hr.*'))
    expect([await stateFor(auditor, id), await stateFor(auditor, result.id)]).toEqual(['sensitive', 'sensitive'])
    await transaction((tx) => sayPurpose(tx, auditor, result.id, 'Complaint 17', new Date()))
    expect([await stateFor(auditor, id), await stateFor(auditor, result.id)]).toEqual(['open', 'open'])
    expect(await stateFor(other, id)).toBe('sensitive')
    const { rows } = await pools.app.query<{ person_id: string }>(
      `SELECT person_id FROM ledger.entry WHERE kind = 'payload.read'`,
    )
    expect(rows).toEqual([{ person_id: auditor.id }])
    await transaction((tx) => unmarkSensitive(tx, administrator.id, 'tool', 'hr.*'))
    expect(await stateFor(other, id)).toBe('open')
  })

  it('closes again when its time is over', async () => {
    const { id } = await asked('pay.read_slip')
    await transaction((tx) => markSensitive(tx, administrator.id, 'tool', 'pay.read_slip'))
    await transaction((tx) => sayPurpose(tx, auditor, id, 'Complaint 18', new Date(Date.now() - 31 * 60_000)))
    expect(await stateFor(auditor, id)).toBe('sensitive')
  })

  it('is marked by type of resource and by agent too; a tool’s name is no pattern but for its *', async () => {
    const { id } = await asked('axb.get', { projection: { tool: 'axb.get', resource_type: 'salary' } })
    await transaction((tx) => markSensitive(tx, administrator.id, 'tool', 'a_b.get'))
    expect((await purposeNeeded(db(), auditor, [id])).size).toBe(0)
    await transaction((tx) => markSensitive(tx, administrator.id, 'resource_type', 'salary'))
    expect([...(await purposeNeeded(db(), auditor, [id]))]).toEqual([id])
  })

  it('is not opened by a purpose of whoever may not read the record', async () => {
    const { id } = await asked('crm.get')
    const said = transaction((tx) => sayPurpose(tx, nobody, id, 'I am curious', new Date()))
    await expect(said).rejects.toMatchObject({ code: 'not_found' })
  })

  it('cannot be opened for longer than an hour, nor a reading be changed, by the app', async () => {
    const long = pools.app.query(
      `INSERT INTO ledger.reading (entry_id, person_id, subject_id, until) VALUES ($1, $1, $1, now() + interval '2 hours')`,
      [newId()],
    )
    await expect(long).rejects.toMatchObject({ code: '23514' })
    for (const sql of ['DELETE FROM ledger.reading', 'UPDATE ledger.reading SET until = now()'])
      await expect(pools.app.query(sql)).rejects.toMatchObject({ code: DENIED })
  })
})

describe('erasing', () => {
  it('a person takes everything under their key, in every list, and the tree still verifies', async () => {
    const subject = 'requester:user:eve@example.com'
    const [one, two] = [await asked('crm.get', { subject }), await asked('crm.get', { subject })]
    const kept = await asked('crm.get', { subject: 'requester:user:mallory@example.com' })
    const key = await subjectKey(pools.app, subject)
    expect(await eraseSubject(pools.jobs, administrator.id, key.id, why)).toMatchObject({ payloads: 2 })
    const opened = await openFor(db(), auditor, [one.id, two.id, kept.id])
    expect(opened.get(one.id)).toMatchObject({ state: 'erased', by: administrator.name, reason: why.reason })
    expect(opened.get(two.id)?.state).toBe('erased')
    expect(opened.get(kept.id)?.state).toBe('open')
    const { rows } = await pools.app.query('SELECT entry_id FROM ledger.projection WHERE entry_id = ANY ($1)', [
      [one.id, two.id, kept.id],
    ])
    expect(rows).toEqual([{ entry_id: kept.id }])
    expect(await verify()).toMatchObject({ whole: true, erased: 2 })
    expect((await subjectKey(pools.app, subject)).id).not.toBe(key.id)
    await expect(eraseSubject(pools.jobs, administrator.id, key.id, why)).rejects.toMatchObject({ code: 'not_found' })
  })

  it('one payload leaves the others of its subject', async () => {
    const subject = 'requester:user:frank@example.com'
    const [one, two] = [await asked('crm.get', { subject }), await asked('crm.get', { subject })]
    await eraseEntry(pools.jobs, administrator.id, one.id, why)
    expect(await stateFor(auditor, one.id)).toBe('erased')
    expect(await stateFor(auditor, two.id)).toBe('open')
    expect(await verify()).toMatchObject({ whole: true, erased: 3 })
  })

  it('names nobody in the entry that says so', async () => {
    const { rows } = await pools.app.query<{ said: string }>(
      `SELECT convert_from(envelope, 'UTF8') AS said FROM ledger.entry WHERE kind = 'payload.erased'`,
    )
    expect(rows.length).toBe(2)
    for (const { said } of rows) expect(said).not.toMatch(/eve|frank|example/)
  })

  it('is refused while a legal hold lies on any of it, with the reason', async () => {
    const [agent, subject] = [newId(), 'requester:user:grace@example.com']
    const { id } = await asked('crm.get', { subject, agent })
    await pools.app.query(
      `INSERT INTO ledger.legal_hold (id, scope, subject_id, reason, placed_by) VALUES ($1, 'agent', $2, 'Case 4711', $3)`,
      [newId(), agent, administrator.id],
    )
    const key = await subjectKey(pools.app, subject)
    const held = { code: 'wrong_state', message: expect.stringContaining('Case 4711') as string }
    await expect(eraseSubject(pools.jobs, administrator.id, key.id, why)).rejects.toMatchObject(held)
    await expect(eraseEntry(pools.jobs, administrator.id, id, why)).rejects.toMatchObject(held)
    expect(await stateFor(auditor, id)).toBe('open')
  })

  it('is not the app’s to do, nor to claim', async () => {
    for (const sql of [
      'DELETE FROM ledger.payload',
      'UPDATE ledger.subject_key SET wrapped_dek = NULL, destroyed_at = now()',
      `INSERT INTO ledger.erasure (entry_id, target_id, person_id, payloads) SELECT id, id, id, 1 FROM ledger.entry LIMIT 1`,
      'UPDATE ledger.retention SET applied_until = now()',
    ])
      await expect(pools.app.query(sql)).rejects.toMatchObject({ code: DENIED })
  })

  it('a key that nobody says was erased is found by verification', async () => {
    const subject = 'requester:user:heidi@example.com'
    await asked('crm.get', { subject })
    const key = await subjectKey(pools.app, subject)
    await pools.jobs.query('UPDATE ledger.subject_key SET wrapped_dek = NULL, destroyed_at = now() WHERE id = $1', [
      key.id,
    ])
    expect(await verify()).toMatchObject({ whole: false, fault: 'payload_missing' })
  })
})
