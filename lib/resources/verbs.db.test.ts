import { describe, expect, it } from 'vitest'
import { applyChange } from '@/lib/db/gate'
import { isFault } from '@/lib/core/fault'
import { testDatabase } from '@/lib/db/testing'
import { transaction } from '@/lib/db/client'
import { Decider } from '@/lib/decisions/decide'
import { governed } from '@/lib/decisions/governed-testing'
import { lifecycle } from '@/lib/decisions/lifecycle-testing'
import { prepareEntry } from '@/lib/ledger/append'
import { parseEntry } from '@/lib/ledger/entry'
import { testLedger } from '@/lib/ledger/testing'
import { testPerson } from '@/lib/people/testing'
import { testSessions } from '@/lib/people/testing'
import { editResource } from './edit'
import { fireResource } from './fire'
import { protectResource } from './protect'
import { readFirings, readVersions } from './read'
import { reportVersion } from './report-version'
import { unprotectResource } from './unprotect'

const database = await testDatabase()
const { pools, db } = database
await testLedger(database)
testSessions()
const life = lifecycle(database)
const [ilse, second, dana] = [await testPerson(['ciso']), await testPerson(['ciso']), await testPerson(['analyst'])]

let n = 0
const fresh = () => `DR-${String((n += 1)).padStart(4, '0')}`
const told = (name: string, more: object = {}) => ({
  type: 'detection_rule',
  name,
  title: 'Beacon every 60 s',
  kind: 'detection_rule' as const,
  ownerId: dana.id,
  reporter: null as string | null,
  contentAt: 'content',
  digest: null,
  ...more,
})
const note = (name: string, more: object = {}) => ({
  tool: 'crm.note',
  arguments: { content: 'title: Beacon' },
  resource: { type: 'detection_rule', id: name },
  ...more,
})
const codeOf = async (work: Promise<unknown>) => {
  try {
    await work
    return 'done'
  } catch (error) {
    return isFault(error) ? error.code : error
  }
}

describe('a protected resource', () => {
  it('is not changed by an agent without a person, whatever its boundary allows; reading it stays free', async () => {
    const agent = await governed(pools.superuser, {
      autonomous: [{ tool: 'crm.note', when: null, reason: null, override: 'as agreed' }] as never,
    })
    const name = fresh()
    expect((await life.propose(agent, note(name))).decision).toBe('allow')
    const { id } = await protectResource(db, ilse, told(name))
    const held = await life.propose(agent, note(name))
    expect(held).toMatchObject({ decision: 'hold', reason: { code: 'approval_required', rule: 'resource.protected' } })
    expect(held.reason.text).toContain(`detection_rule ${name}`)
    expect((await life.propose(agent, note(fresh()))).decision).toBe('allow')
    const read = { tool: 'crm.get_order', arguments: {}, resource: { type: 'detection_rule', id: name } }
    expect((await life.propose(agent, read)).decision).toBe('allow')
    // naming it in the arguments alone frees nobody
    const hidden = { tool: 'crm.note', arguments: { edits: [{ rule: name.toLowerCase() }] } }
    expect((await life.propose(agent, hidden)).decision).toBe('hold')
    const { rows } = await pools.superuser.query<{ envelope: Buffer }>(
      `SELECT envelope FROM ledger.entry WHERE ledger.resource_of(envelope) = $1 AND position('"resource":"'::bytea IN envelope) > 0 ORDER BY id`,
      [id],
    )
    expect(rows.map(({ envelope }) => parseEntry(envelope)?.kind)).toEqual([
      'resource.protected',
      ...Array.from({ length: 3 }, () => 'action.decided'),
    ])
  })

  it('is found by its entries through the index, without reading the log', async () => {
    const { rows } = await pools.superuser
      .query<{ 'QUERY PLAN': string }>(
        `SET LOCAL enable_seqscan = off; EXPLAIN SELECT id FROM ledger.entry WHERE ledger.resource_of(envelope) = 'x' AND position('"resource":"'::bytea IN envelope) > 0 ORDER BY id DESC LIMIT 10`,
      )
      .then((all) => (Array.isArray(all) ? (all[1] as typeof all) : all))
    expect(rows.map((row) => row['QUERY PLAN']).join('\n')).toMatch(/Index (Only )?Scan.*resource_of/)
  })

  it('is changed once a named person approved exactly that', async () => {
    const agent = await governed(pools.superuser)
    const name = fresh()
    await protectResource(db, ilse, told(name))
    const { answer, actionId, approvalId } = await life.held(agent, note(name))
    await life.verdict(approvalId, answer.digest, dana, 'approve', 'tested on October')
    expect(await life.state(agent, actionId)).toBe('approved')
  })

  it('stops what was allowed before it was marked: the grant is dead once the mark has returned', async () => {
    const agent = await governed(pools.superuser)
    const name = fresh()
    // remembered under the epoch before the mark, by a replica that hears of nothing
    const deaf = new Decider({ connections: pools.app, publicUrl: life.publicUrl })
    await deaf.decide(agent.caller, note(name))
    await protectResource(db, ilse, told(name))
    const decided = await deaf.decide(agent.caller, note(name))
    expect('answer' in decided && decided.answer.decision).toBe('hold')
  })

  it('never has a change allowed that began after the mark returned, in 60 races', async () => {
    const agent = await governed(pools.superuser)
    const decider = new Decider({ connections: pools.app, publicUrl: life.publicUrl })
    for (let race = 0; race < 60; race++) {
      const name = fresh()
      let over = false
      const answers: { decision: string; after: boolean }[] = []
      const deciding = Array.from({ length: 4 }, async () => {
        for (;;) {
          const after = over
          const decided = await decider.decide(agent.caller, note(name))
          if ('answer' in decided) answers.push({ decision: decided.answer.decision, after })
          if (after) return
        }
      })
      await protectResource(db, ilse, told(name))
      over = true
      await Promise.all(deciding)
      expect(answers.filter(({ decision, after }) => after && decision !== 'hold')).toEqual([])
    }
  })

  it('is marked once, under any spelling, by somebody who may answer for it', async () => {
    const name = fresh()
    await protectResource(db, ilse, told(name))
    expect(await codeOf(protectResource(db, ilse, told(name.toLowerCase())))).toBe('already_exists')
    const auditor = await testPerson(['auditor'])
    expect(await codeOf(protectResource(db, ilse, told(fresh(), { ownerId: auditor.id })))).toBe('invalid_request')
  })

  it('loses its protection only through a ciso who does not answer for it, and can be marked again', async () => {
    const agent = await governed(pools.superuser)
    const name = fresh()
    const { id } = await protectResource(db, ilse, told(name, { ownerId: ilse.id }))
    expect(await codeOf(unprotectResource(db, ilse, id, 'gone'))).toBe('separation_of_duties')
    expect(await codeOf(unprotectResource(db, dana, id, 'gone'))).toBe('not_permitted')
    await unprotectResource(db, second, id, 'replaced by DR-9')
    expect((await life.propose(agent, note(name))).decision).toBe('allow')
    expect(await codeOf(unprotectResource(db, second, id, 'again'))).toBe('wrong_state')
    expect(await codeOf(transaction((tx) => editResource(tx, ilse, id, told(name))))).toBe('wrong_state')
    await protectResource(db, ilse, told(name))
    expect((await life.propose(agent, note(name))).decision).toBe('hold')
  })

  it('cannot be marked, unmarked or reported about past the gate by the app’s login', async () => {
    for (const statement of [
      `INSERT INTO protected_resource (id, type, name, key, title, kind, owner_id, content_at, marked_by) SELECT gen_random_uuid(), 't', 'n', 'n', 't', 'other', '${ilse.id}', 'c', '${ilse.id}'`,
      `UPDATE protected_resource SET unmarked_at = now(), unmarked_by = '${ilse.id}'`,
      `UPDATE protected_resource SET key = 'x'`,
      'DELETE FROM protected_resource',
      'UPDATE resource_version SET digest = digest',
      'DELETE FROM resource_firing',
    ])
      await expect(pools.app.query(statement)).rejects.toMatchObject({ code: '42501' })
  })

  it('is told by the gate that an unknown resource is unknown', async () => {
    const id = '019a0000-0000-7000-8000-000000000009'
    const entry = await prepareEntry(db, {
      kind: 'resource.unprotected',
      actor: `person:${ilse.id}`,
      about: { resource: id },
    })
    expect(await applyChange('resource.unprotect', { id, by: ilse.id, reason: '' }, entry)).toMatchObject({
      applied: false,
      refused: 'not_found',
    })
  })
})

describe('what is reported of a protected resource', () => {
  const now = () => new Date()

  it('counts when the agent named on it says it, once for each event, and nobody else is heard', async () => {
    const [siem, other] = [await governed(pools.superuser), await governed(pools.superuser)]
    const name = fresh()
    const { id } = await protectResource(db, ilse, told(name, { reporter: siem.slug }))
    const about = { type: 'Detection_Rule', name: name.toLowerCase() }
    const at = new Date(Date.now() - 60_000).toISOString()
    const fire = (agentId: string, more: object = {}) =>
      transaction((tx) => fireResource(tx, agentId, about, { event: 'e1', at, count: 3, ...more }, now()))
    const first = await fire(siem.agentId)
    expect(first.recorded).toBe(true)
    expect(await fire(siem.agentId)).toEqual({ id: first.id, recorded: false })
    expect(await codeOf(fire(siem.agentId, { count: 4 }))).toBe('idempotency_mismatch')
    expect(await codeOf(fire(other.agentId))).toBe('not_found')
    expect(
      await codeOf(fire(siem.agentId, { event: 'e2', at: new Date(Date.now() - 40 * 86_400_000).toISOString() })),
    ).toBe('invalid_request')
    expect(await codeOf(fire(siem.agentId, { event: 'e3', at: new Date(Date.now() + 3_600_000).toISOString() }))).toBe(
      'invalid_request',
    )
    const firings = await readFirings(db, id, now())
    expect(firings.last).toMatchObject([{ count: 3, at, reporter: siem.slug }])
    expect(firings.days).toHaveLength(30)
    expect(firings.days.reduce((sum, { count }) => sum + count, 0)).toBe(3)
  })

  it('keeps one entry for a version that is reported over and over, and one for each that is another', async () => {
    const siem = await governed(pools.superuser)
    const name = fresh()
    const { id } = await protectResource(db, ilse, told(name, { reporter: siem.slug }))
    const report = (letter: string) =>
      transaction((tx) =>
        reportVersion(
          tx,
          siem.agentId,
          { type: 'detection_rule', name },
          { digest: `sha256:${letter.repeat(64)}` },
          now(),
        ),
      )
    const first = await report('a')
    expect(await report('a')).toEqual(first)
    await report('b')
    await report('a')
    expect((await readVersions(db, id)).map(({ digest }) => digest.at(-1))).toEqual(['a', 'b', 'a'])
  })

  it('is heard of no more once the protection is taken away', async () => {
    const siem = await governed(pools.superuser)
    const name = fresh()
    const { id } = await protectResource(db, ilse, told(name, { reporter: siem.slug }))
    await unprotectResource(db, second, id, 'retired')
    const digest = `sha256:${'a'.repeat(64)}`
    const work = transaction((tx) =>
      reportVersion(tx, siem.agentId, { type: 'detection_rule', name }, { digest }, now()),
    )
    expect(await codeOf(work)).toBe('not_found')
  })
})
