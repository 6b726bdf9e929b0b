import pg from 'pg'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { samplePerson } from '@/lib/agents/testing'
import { clearOfTheTurn } from '@/lib/core/clock-testing'
import { parsePublicId, publicId } from '@/lib/core/ids'
import { transaction } from '@/lib/db/client'
import { testDatabase } from '@/lib/db/testing'
import { parseEntry } from '@/lib/ledger/entry'
import { testLedger } from '@/lib/ledger/testing'
import { openRun } from '@/lib/runs/open'
import { claimGrant, replayAction } from './claim'
import type { Proposal } from './contract'
import { Decider } from './decide'
import { forgetKeys } from './forget'
import { governed, sampleBoundary, sampleSigned, type Governed } from './governed-testing'

const database = await testDatabase()
const { pools } = database
await testLedger(database)
const publicUrl = () => new URL('http://localhost:3000')
const decider = new Decider({ connections: pools.app, publicUrl })
const context = { decider, connections: pools.app, publicUrl, now: Date.now }

const READ: Proposal = { tool: 'crm.get_order', arguments: { id: 'A-17' } }
const WRITE: Proposal = { tool: 'crm.note', arguments: { text: 'hello' } }
async function answerOf(agent: Governed, proposal: Proposal, by: Decider = decider) {
  const decided = await by.decide(agent.caller, proposal)
  if (!('answer' in decided)) throw new Error('a replay without a key')
  return decided.answer
}
const moved = () => pools.superuser.query('UPDATE gate SET epoch = epoch + 1')
const count = async (sql: string, values: unknown[] = []) =>
  Number((await pools.superuser.query<{ n: string }>(`SELECT count(*)::text AS n FROM ${sql}`, values)).rows[0]?.n)

/** Whatever a test did: each action has its entry and each `action.decided` entry its action. */
beforeEach(() => clearOfTheTurn('hour'))
afterEach(async () => {
  const { rows } = await pools.superuser.query(
    `SELECT (SELECT count(*) FROM action a WHERE NOT EXISTS (SELECT 1 FROM ledger.entry e WHERE e.id = a.id AND e.kind = 'action.decided')) AS unrecorded,
            (SELECT count(*) FROM ledger.entry e WHERE e.kind = 'action.decided' AND NOT EXISTS (SELECT 1 FROM action a WHERE a.id = e.id)) AS without`,
  )
  expect(rows).toEqual([{ unrecorded: '0', without: '0' }])
})

describe('a boundary that cannot be read at decision time', () => {
  it('forbids, with the code that says so, and the entry an alert is raised from', async () => {
    const broken = { never: [{ tool: 'crm.get_order', when: 'args.(', reason: null }] }
    const agent = await governed(pools.superuser, broken)
    const answer = await answerOf(agent, READ)
    expect(answer).toMatchObject({ decision: 'forbid', reason: { code: 'evaluation_error' } })
    const { rows } = await pools.superuser.query('SELECT outcome, reason_code FROM ledger.entry WHERE agent_id = $1', [
      agent.agentId,
    ])
    expect(rows).toEqual([{ outcome: 'forbid', reason_code: 'evaluation_error' }])
  })
})

describe('no decision without its record', () => {
  it('a decision whose entry cannot be written is not made, and the answer is cannot_record', async () => {
    const agent = await governed(pools.superuser)
    await pools.superuser.query(
      `CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''no''; END'`,
    )
    await pools.superuser.query(
      'CREATE TRIGGER broken BEFORE INSERT ON ledger.payload FOR EACH ROW EXECUTE FUNCTION refuse()',
    )
    const actions = await count('action')
    await expect(answerOf(agent, READ)).rejects.toMatchObject({ code: 'cannot_record' })
    expect(await count('action')).toBe(actions)
    await pools.superuser.query('DROP TRIGGER broken ON ledger.payload')
    await expect(answerOf(agent, READ)).resolves.toMatchObject({ decision: 'allow' })
  })

  it('one bad item of a batch refuses nobody else’s action', async () => {
    const [good, bad] = [await governed(pools.superuser), await governed(pools.superuser)]
    await pools.superuser.query(`CREATE FUNCTION picky() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
      IF NEW.agent_id = '${bad.agentId}' THEN RAISE EXCEPTION 'no'; END IF; RETURN NEW; END $$`)
    await pools.superuser.query('CREATE TRIGGER picky BEFORE INSERT ON action FOR EACH ROW EXECUTE FUNCTION picky()')
    const settled = await Promise.allSettled(
      Array.from({ length: 40 }, (_, i) => answerOf(i === 20 ? bad : good, READ)),
    )
    await pools.superuser.query('DROP TRIGGER picky ON action')
    expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(39)
    expect(settled[20]).toMatchObject({ status: 'rejected', reason: { code: 'cannot_record' } })
  })

  it('a connection that dies in the middle leaves all of it or nothing, and is never answered with an allow it did not record', async () => {
    const own = new pg.Pool({ connectionString: database.urls.app, max: 4, application_name: 'to be killed' })
    own.on('error', () => undefined)
    const fragile = new Decider({ connections: own, publicUrl })
    const agents = await Promise.all(Array.from({ length: 4 }, () => governed(pools.superuser)))
    let done = false
    const killing = (async () => {
      while (!done) {
        await pools.superuser.query(
          `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'to be killed' AND state = 'active'`,
        )
        await new Promise((resolve) => setTimeout(resolve, 3))
      }
    })()
    const allowed: string[] = []
    let refused = 0
    for (let round = 0; round < 30; round++) {
      await Promise.all(
        agents.map((agent) =>
          answerOf(agent, READ, fragile).then(
            ({ id }) => allowed.push(id),
            () => (refused += 1),
          ),
        ),
      )
    }
    done = true
    await killing
    await own.end()
    for (const id of allowed)
      expect(
        await count('action a JOIN ledger.entry e ON e.id = a.id WHERE a.id = $1', [parsePublicId('action', id)]),
      ).toBe(1)
    expect(allowed.length + refused).toBe(120)
  })

  it('refuses while the clock of this server and the database’s differ by more than 2 s', async () => {
    const agent = await governed(pools.superuser)
    const slow = new Decider({ connections: pools.app, publicUrl, now: () => Date.now() - 3_000 })
    await expect(answerOf(agent, READ, slow)).rejects.toMatchObject({ code: 'clock_skew' })
  })
})

describe('what moved meanwhile is judged again', () => {
  it('a boundary signed after the facts were loaded decides', async () => {
    const agent = await governed(pools.superuser)
    expect(await answerOf(agent, READ)).toMatchObject({ decision: 'allow', boundary: { version: 1 } })
    await sampleSigned(
      pools.superuser,
      agent,
      sampleBoundary({ never: [{ tool: 'crm.get_order', when: null, reason: null }] }),
    )
    await moved()
    expect(await answerOf(agent, READ)).toMatchObject({
      decision: 'forbid',
      reason: { code: 'never' },
      boundary: { version: 2 },
    })
  })

  it('an owner deactivated, an agent suspended, a credential revoked: each counts on the next call', async () => {
    const agent = await governed(pools.superuser)
    await answerOf(agent, WRITE)
    await pools.superuser.query('UPDATE person SET deactivated_at = now() WHERE id = $1', [agent.personId])
    await moved()
    expect(await answerOf(agent, WRITE)).toMatchObject({ decision: 'forbid', reason: { code: 'owner_missing' } })
    expect(await answerOf(agent, READ)).toMatchObject({ decision: 'allow' })
    await pools.superuser.query(`UPDATE agent SET state = 'suspended' WHERE id = $1`, [agent.agentId])
    await moved()
    expect(await answerOf(agent, READ)).toMatchObject({ decision: 'forbid', reason: { code: 'agent_suspended' } })
    await pools.superuser.query('UPDATE credential SET revoked_at = now() WHERE id = $1', [agent.caller.credentialId])
    await moved()
    await expect(answerOf(agent, READ)).rejects.toMatchObject({ code: 'invalid_credential' })
  })

  it('an epoch that keeps moving ends in cannot_record, never in an answer on old facts', async () => {
    const agent = await governed(pools.superuser)
    // the facts say another epoch than the gate, whenever they are loaded
    const stubborn = new Decider({ connections: pools.app, publicUrl })
    const load = stubborn.standing.load.bind(stubborn.standing)
    stubborn.standing.load = async (...asked) => {
      const standing = await load(...asked)
      await moved()
      return standing
    }
    await expect(answerOf(agent, READ, stubborn)).rejects.toMatchObject({ code: 'cannot_record' })
    expect(await count('action WHERE agent_id = $1', [agent.agentId])).toBe(0)
  })
})

describe('who answers for it', () => {
  const entryOf = async (answer: { id: string }) => {
    const { rows } = await pools.superuser.query<{ envelope: Buffer }>(
      'SELECT envelope FROM ledger.entry WHERE id = $1',
      [parsePublicId('action', answer.id)],
    )
    return parseEntry(rows[0]?.envelope ?? Buffer.alloc(0))
  }

  it('stands on every entry: whom the boundary names for the gravest category, else the owner', async () => {
    const named = await samplePerson(pools.superuser, [], 'Noor Achterberg')
    const agent = await governed(pools.superuser, {
      accountable: { writes: `${named}@EXAMPLE.com`, reads: 'nobody we know' },
    })
    expect(await entryOf(await answerOf(agent, WRITE))).toMatchObject({
      accountable: `person:${named}`,
      owner: agent.personId,
      agent: agent.agentId,
    })
    expect(await entryOf(await answerOf(agent, READ))).toMatchObject({ accountable: `person:${agent.personId}` })
  })

  it('an entry holds nothing an agent said: not an unknown tool, not an argument, not a requester', async () => {
    const agent = await governed(pools.superuser)
    const answer = await answerOf(agent, {
      tool: 'evil.say_hello_marker',
      arguments: { marker: 'marker' },
      on_behalf_of: { type: 'user', id: 'marker' },
    })
    expect(JSON.stringify(await entryOf(answer))).not.toContain('marker')
  })
})

describe('what a key leaves behind', () => {
  it('is forgotten by a job, and the record stays', async () => {
    const agent = await governed(pools.superuser, { limits: { calls_per_day: 5 } })
    await decider.decide(agent.caller, READ, 'old')
    await pools.superuser.query(`UPDATE idempotency SET created_at = now() - interval '25 hours' WHERE agent_id = $1`, [
      agent.agentId,
    ])
    await forgetKeys(pools.app, new Date())
    expect(await count('idempotency WHERE agent_id = $1', [agent.agentId])).toBe(0)
    expect(await count('counter WHERE agent_id = $1', [agent.agentId])).toBe(1)
    expect(await count('action WHERE agent_id = $1', [agent.agentId])).toBe(1)
  })
})

describe('idempotency keys', () => {
  it('of 32 requests with one key at once, one is decided and the others find it', async () => {
    const agent = await governed(pools.superuser)
    const other = new Decider({ connections: pools.app, publicUrl })
    const all = await Promise.all(
      Array.from({ length: 32 }, (_, i) => (i % 2 ? other : decider).decide(agent.caller, READ, 'key-1')),
    )
    const decided = all.flatMap((each) => ('answer' in each ? [each.answer.id] : []))
    expect(decided).toHaveLength(1)
    expect(
      new Set(all.flatMap((each) => ('replay' in each ? [publicId('action', each.replay.actionId)] : []))),
    ).toEqual(new Set(decided))
    expect(await count('action WHERE agent_id = $1', [agent.agentId])).toBe(1)
  })

  it('another body under a key is refused; another agent’s key is another key', async () => {
    const [agent, other] = [await governed(pools.superuser), await governed(pools.superuser)]
    await decider.decide(agent.caller, READ, 'key-2')
    await expect(decider.decide(agent.caller, WRITE, 'key-2')).rejects.toMatchObject({ code: 'idempotency_mismatch' })
    await expect(decider.decide(other.caller, WRITE, 'key-2')).resolves.toHaveProperty('answer')
  })

  it('is forgotten after a day', async () => {
    const agent = await governed(pools.superuser)
    await decider.decide(agent.caller, READ, 'key-3')
    await pools.superuser.query(`UPDATE idempotency SET created_at = now() - interval '25 hours' WHERE agent_id = $1`, [
      agent.agentId,
    ])
    await expect(decider.decide(agent.caller, WRITE, 'key-3')).resolves.toHaveProperty('answer')
  })

  it('never replays an allow unchecked: the gate runs again, the grant is a new one, and the old one is void', async () => {
    const agent = await governed(pools.superuser)
    const first = await decider.decide(agent.caller, READ, 'key-4')
    const actionId = 'answer' in first ? parsePublicId('action', first.answer.id) : ''
    const again = await replayAction(context, agent.caller, actionId)
    expect(again).toMatchObject({ decision: 'allow', status: 'allowed' })
    expect(again.grant?.token).not.toBe('answer' in first ? first.answer.grant?.token : '')
    await sampleSigned(
      pools.superuser,
      agent,
      sampleBoundary({ never: [{ tool: 'crm.get_order', when: null, reason: null }] }),
    )
    await moved()
    await expect(replayAction(context, agent.caller, actionId)).rejects.toMatchObject({ code: 'grant_invalid' })
    await pools.superuser.query(`UPDATE action SET status = 'succeeded' WHERE id = $1`, [actionId])
    await expect(replayAction(context, agent.caller, actionId)).rejects.toMatchObject({ code: 'wrong_state' })
    await expect(claimGrant(context, agent.caller, actionId)).rejects.toMatchObject({ code: 'wrong_state' })
  })
})

describe('untrusted content never loosens, and is not shed', () => {
  const tainted: Proposal = { ...READ, untrusted_sources: ['mail:stranger@example.net'] }

  it('once a run has read some, its writes wait, whatever replica asks', async () => {
    const agent = await governed(pools.superuser)
    const run = {
      id: publicId(
        'run',
        (await transaction((db) => openRun(db, agent.agentId, { lease_seconds: 600 }, new Date()))).id,
      ),
    }
    const other = new Decider({ connections: pools.app, publicUrl })
    expect(await answerOf(agent, { ...WRITE, run }, other)).toMatchObject({ decision: 'allow' })
    await answerOf(agent, { ...tainted, run })
    // the other replica still remembers the run as clean
    expect(await answerOf(agent, { ...WRITE, run }, other)).toMatchObject({
      decision: 'hold',
      reason: { code: 'untrusted_content' },
    })
    expect(await answerOf(agent, { ...READ, run }, other)).toMatchObject({ decision: 'allow' })
  })

  it('neither another run nor no run sheds it', async () => {
    const agent = await governed(pools.superuser)
    expect(await answerOf(agent, WRITE)).toMatchObject({ decision: 'allow' })
    await answerOf(agent, { ...READ, evidence: [{ title: 'a page', untrusted: true }] })
    expect(await answerOf(agent, WRITE)).toMatchObject({ decision: 'hold' })
    const run = await transaction((db) => openRun(db, agent.agentId, { lease_seconds: 600 }, new Date()))
    expect(run.tainted).toBe(true)
    expect(await answerOf(agent, { ...WRITE, run: { id: publicId('run', run.id) } })).toMatchObject({
      decision: 'hold',
    })
  })

  it('another agent is not tainted by it', async () => {
    const [agent, other] = [await governed(pools.superuser), await governed(pools.superuser)]
    await answerOf(agent, tainted)
    expect(await answerOf(other, WRITE)).toMatchObject({ decision: 'allow' })
  })

  it('a run that ended, or is another agent’s, decides nothing', async () => {
    const [agent, other] = [await governed(pools.superuser), await governed(pools.superuser)]
    const run = await transaction((db) => openRun(db, agent.agentId, { lease_seconds: 600 }, new Date()))
    const proposal = { ...READ, run: { id: publicId('run', run.id) } }
    await expect(answerOf(other, proposal)).rejects.toMatchObject({ code: 'not_found', field: 'run.id' })
    expect(await answerOf(agent, proposal)).toMatchObject({ decision: 'allow' })
    await pools.superuser.query(`UPDATE run SET lease_until = now() - interval '1 second' WHERE id = $1`, [run.id])
    await expect(answerOf(agent, proposal)).rejects.toMatchObject({ code: 'lease_lapsed', field: 'run.id' })
  })
})

describe('limits', () => {
  it('of 40 calls at once, exactly as many as the limit are allowed; the rest wait for people', async () => {
    const agent = await governed(pools.superuser, { limits: { calls_per_hour: 10 } })
    const other = new Decider({ connections: pools.app, publicUrl })
    const all = await Promise.all(
      Array.from({ length: 40 }, (_, i) => answerOf(agent, { ...READ, arguments: { id: i } }, i % 2 ? other : decider)),
    )
    expect(all.filter(({ decision }) => decision === 'allow')).toHaveLength(10)
    for (const held of all.filter(({ decision }) => decision === 'hold')) {
      expect(held).toMatchObject({ reason: { code: 'limit_reached', rule: 'limits.calls_per_hour' } })
    }
    const { rows } = await pools.superuser.query(
      'SELECT "window", used::int AS used FROM counter WHERE agent_id = $1',
      [agent.agentId],
    )
    expect(rows).toEqual([{ window: 'hour', used: 10 }])
  })

  it('what is held or forbidden uses nothing up', async () => {
    const agent = await governed(pools.superuser, { limits: { calls_per_day: 1 } })
    await answerOf(agent, { tool: 'edr.isolate_host', arguments: {} })
    await answerOf(agent, { tool: 'crm.delete_all', arguments: {} })
    expect(await answerOf(agent, READ)).toMatchObject({ decision: 'allow' })
    expect(await answerOf(agent, READ)).toMatchObject({ decision: 'hold', reason: { code: 'limit_reached' } })
  })

  it('a replay uses nothing up', async () => {
    const agent = await governed(pools.superuser, { limits: { calls_per_day: 2 } })
    for (let i = 0; i < 5; i++) await decider.decide(agent.caller, READ, 'same')
    expect(await answerOf(agent, READ)).toMatchObject({ decision: 'allow' })
  })
})
