import { describe, expect, test } from 'vitest'
import { newId, parsePublicId } from '@/lib/core/ids'
import { transaction } from '@/lib/db/client'
import { testDatabase } from '@/lib/db/testing'
import { openPayload } from '@/lib/ledger/open'
import { testLedger } from '@/lib/ledger/testing'
import { acceptData } from './accept-data'
import { dayIn } from './agent'
import type { RegisterInput } from './contract'
import { edit } from './edit'
import { exchange } from './exchange'
import { handOver, takeOver } from './hand-over'
import { issueCredential } from './issue-credential'
import { move } from './move'
import { register } from './register'
import { review } from './review'
import { revokeCredential } from './revoke-credential'
import { rotateCredential } from './rotate-credential'
import { agentBySlug, type AgentRow } from './store'
import { sampleAgent, samplePerson, sampleTeam } from './testing'

const database = await testDatabase()
await testLedger(database)
const { db } = database
const pool = database.pools.superuser
const now = new Date()
const inDays = (days: number) => dayIn('UTC', now.getTime() + days * 86_400_000)

const registration = async (over: Partial<RegisterInput> = {}): Promise<RegisterInput> => ({
  slug: `agent-${newId().slice(-12)}`,
  purpose: 'Triages alerts',
  teamId: await sampleTeam(pool),
  environment: 'production',
  reviewDate: inDays(30),
  ...over,
})
const data = {
  dataProvider: 'model host A',
  dataRegion: 'Frankfurt',
  dataRetention: '0 days',
  dataAgreement: 'DPA of 2026-03-10',
}
const fetched = async (slug: string): Promise<AgentRow> => {
  const agent = await agentBySlug(db, slug)
  if (agent === null) throw new Error(`no agent ${slug}`)
  return agent
}
const registered = async (over: Partial<RegisterInput> = {}) => {
  const owner = { id: await samplePerson(pool) }
  const input = await registration(over)
  await transaction((tx) => register(tx, owner, input, now))
  return { owner, agent: await fetched(input.slug) }
}
/** The kinds of the entries about an agent, oldest first. */
const kindsOf = async (agentId: string): Promise<string[]> => {
  const { rows } = await pool.query<{ kind: string }>('SELECT kind FROM ledger.entry WHERE agent_id = $1 ORDER BY id', [
    agentId,
  ])
  return rows.map(({ kind }) => kind)
}
const entriesOf = async (agentId: string, kind: string) => {
  const { rows } = await pool.query<{ id: string; said: { owner: string; actor: string; about?: object } }>(
    `SELECT id, convert_from(envelope, 'UTF8')::jsonb AS said FROM ledger.entry WHERE agent_id = $1 AND kind = $2 ORDER BY id`,
    [agentId, kind],
  )
  return rows
}
const epoch = async () => (await pool.query<{ epoch: string }>('SELECT epoch FROM gate')).rows[0]?.epoch

describe('registering', () => {
  test('keeps who answers for the agent, and writes it into the ledger with the person who did', async () => {
    const { owner, agent } = await registered()
    expect(agent).toMatchObject({ ownerId: owner.id, ownerActive: true, state: 'registered', reviewDate: inDays(30) })
    const [entry] = await entriesOf(agent.id, 'agent.registered')
    expect(entry?.said).toMatchObject({ actor: `person:${owner.id}`, owner: owner.id })
    expect(JSON.stringify(entry?.said)).not.toContain('Triages')
    expect(await openPayload(db, entry?.id ?? '')).toMatchObject({
      state: 'open',
      payload: { purpose: 'Triages alerts' },
    })
  })

  test.each([
    ['a review date that has passed', { reviewDate: inDays(-1) }, 'reviewDate'],
    ['a review more than a year away', { reviewDate: inDays(400) }, 'reviewDate'],
    ['an unknown team', { teamId: newId() }, 'teamId'],
    ['data accepted before it is said', { dataProvider: 'x', acceptData: 'yes' as const }, 'dataRegion'],
  ])('refuses %s', async (_name, over, field) => {
    const owner = { id: await samplePerson(pool) }
    const input = await registration(over)
    await expect(transaction((tx) => register(tx, owner, input, now))).rejects.toMatchObject({
      code: 'invalid_request',
      field,
    })
    expect(await agentBySlug(db, input.slug)).toBeNull()
  })

  test('refuses a name that is taken, also when two register it at once', async () => {
    const { agent } = await registered()
    const owner = { id: await samplePerson(pool) }
    const again = await registration({ slug: agent.slug })
    await expect(transaction((tx) => register(tx, owner, again, now))).rejects.toMatchObject({
      code: 'already_exists',
      field: 'slug',
    })
    const input = await registration()
    const both = await Promise.allSettled([
      transaction((tx) => register(tx, owner, input, now)),
      transaction((tx) => register(tx, owner, input, now)),
    ])
    expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
    const lost = both.find((each) => each.status === 'rejected')
    expect(lost?.reason).toMatchObject({ code: 'already_exists' })
  })
})

describe('activating', () => {
  test('needs somebody to have accepted where the data goes', async () => {
    const { owner, agent } = await registered()
    await expect(move(db, owner, agent, 'activate', '')).rejects.toMatchObject({
      code: 'invalid_request',
      field: 'data',
    })
    await transaction((tx) => acceptData(tx, owner, agent, data, now))
    await move(db, owner, await fetched(agent.slug), 'activate', '')
    expect((await fetched(agent.slug)).state).toBe('active')
    expect(await kindsOf(agent.id)).toEqual(['agent.registered', 'agent.data_accepted', 'agent.activated'])
  })

  test('is refused by Postgres itself when the rule is gone around', async () => {
    const { agent } = await registered()
    await expect(pool.query(`UPDATE agent SET state = 'active' WHERE id = $1`, [agent.id])).rejects.toThrow(
      /agent_data_decided/,
    )
  })
})

describe('states', () => {
  test('suspend, resume and retire say why, move the epoch, and nothing follows retirement', async () => {
    const sample = await sampleAgent(pool)
    const person = { id: sample.personId }
    const before = await epoch()
    await expect(move(db, person, await fetched(sample.slug), 'suspend', '')).rejects.toMatchObject({ field: 'reason' })
    await move(db, person, await fetched(sample.slug), 'suspend', 'loops')
    await expect(move(db, person, await fetched(sample.slug), 'suspend', 'again')).rejects.toMatchObject({
      code: 'wrong_state',
    })
    await move(db, person, await fetched(sample.slug), 'resume', 'fixed')
    const { clientId, clientSecret } = await transaction(async (tx) =>
      issueCredential(tx, person, await fetched(sample.slug), now),
    )
    expect(await exchange(db, clientId, clientSecret, now)).not.toBeNull()
    await move(db, person, await fetched(sample.slug), 'retire', 'replaced')
    expect(await exchange(db, clientId, clientSecret, now)).toBeNull()
    await expect(move(db, person, await fetched(sample.slug), 'resume', 'no')).rejects.toMatchObject({
      code: 'wrong_state',
    })
    expect(Number(await epoch())).toBe(Number(before) + 3)
    expect(await kindsOf(sample.agentId)).toEqual([
      'agent.suspended',
      'agent.resumed',
      'credential.created',
      'agent.retired',
    ])
  })

  test('two people suspending at once: one does, the other is told', async () => {
    const sample = await sampleAgent(pool)
    const agent = await fetched(sample.slug)
    const person = { id: sample.personId }
    const both = await Promise.allSettled([
      move(db, person, agent, 'suspend', 'a'),
      move(db, person, agent, 'suspend', 'b'),
    ])
    expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
    expect(await kindsOf(sample.agentId)).toEqual(['agent.suspended'])
  })

  test('the app’s own login cannot move an agent past the gate', async () => {
    const sample = await sampleAgent(pool)
    await expect(
      database.pools.app.query(`UPDATE agent SET state = 'suspended' WHERE id = $1`, [sample.agentId]),
    ).rejects.toThrow(/permission denied/)
    await expect(
      database.pools.app.query(`UPDATE agent SET owner_id = $2 WHERE id = $1`, [sample.agentId, sample.personId]),
    ).rejects.toThrow(/permission denied/)
  })
})

describe('who answers for it', () => {
  test('changes hands, and each entry names the owner of its time', async () => {
    const { owner, agent } = await registered()
    const heir = { id: await samplePerson(pool) }
    await handOver(db, owner, agent, heir.id)
    expect((await fetched(agent.slug)).ownerId).toBe(heir.id)
    const [before] = await entriesOf(agent.id, 'agent.registered')
    const [after] = await entriesOf(agent.id, 'agent.handed_over')
    expect([before?.said.owner, after?.said.owner]).toEqual([owner.id, heir.id])
    expect(after?.said.about).toEqual({ person: owner.id })
  })

  test('is nobody who is gone, and no auditor', async () => {
    const { owner, agent } = await registered()
    const auditor = await samplePerson(pool, ['auditor'])
    const gone = await samplePerson(pool)
    await pool.query('UPDATE person SET deactivated_at = now() WHERE id = $1', [gone])
    for (const id of [auditor, gone, newId(), owner.id]) {
      await expect(handOver(db, owner, agent, id)).rejects.toMatchObject({ code: 'invalid_request', field: 'ownerId' })
    }
  })

  test('an agent whose owner is gone is taken over by whoever steps in, and by nobody before', async () => {
    const { owner, agent } = await registered()
    const other = { id: await samplePerson(pool) }
    await expect(takeOver(db, other, agent)).rejects.toMatchObject({ code: 'wrong_state' })
    await pool.query('UPDATE person SET deactivated_at = now() WHERE id = $1', [owner.id])
    const orphan = await fetched(agent.slug)
    expect(orphan.ownerActive).toBe(false)
    await takeOver(db, other, orphan)
    expect(await fetched(agent.slug)).toMatchObject({ ownerId: other.id, ownerActive: true })
    expect(await kindsOf(agent.id)).toEqual(['agent.registered', 'agent.taken_over'])
  })

  test('a review sets the next date, within a year', async () => {
    const { agent } = await registered()
    const reviewer = { id: await samplePerson(pool, ['analyst']) }
    await review(db, reviewer, agent, { reviewDate: inDays(60), note: 'kept as it is' }, now)
    expect((await fetched(agent.slug)).reviewDate).toBe(inDays(60))
    await expect(review(db, reviewer, agent, { reviewDate: inDays(-1), note: 'x' }, now)).rejects.toMatchObject({
      field: 'reviewDate',
    })
  })

  test('editing says what it was before', async () => {
    const { owner, agent } = await registered()
    await edit(db, owner, agent, { purpose: 'Answers tickets', teamId: agent.teamId, environment: 'staging' })
    expect(await fetched(agent.slug)).toMatchObject({ purpose: 'Answers tickets', environment: 'staging' })
    const [entry] = await entriesOf(agent.id, 'agent.edited')
    expect(await openPayload(db, entry?.id ?? '')).toMatchObject({
      payload: { before: { purpose: 'Triages alerts' }, after: { purpose: 'Answers tickets' } },
    })
  })
})

describe('credentials', () => {
  test('name one agent, and the database keeps nothing of the secret but its hash', async () => {
    const { owner, agent } = await registered()
    const made = await transaction((tx) => issueCredential(tx, owner, agent, now))
    const { rows } = await pool.query<{ all: string }>(
      'SELECT to_jsonb(c)::text AS all FROM credential c WHERE agent_id = $1',
      [agent.id],
    )
    expect(rows[0]?.all).not.toContain(made.clientSecret.slice(9))
    expect(await exchange(db, made.clientId, made.clientSecret, now)).toMatchObject({ agent: { id: agent.id } })
    const other = await sampleAgent(pool)
    await expect(
      pool.query(
        `INSERT INTO credential (id, agent_id, client_id, secret_hash, created_by)
         SELECT $1, $2, 'ag_other', secret_hash, created_by FROM credential WHERE agent_id = $3`,
        [newId(), other.agentId, agent.id],
      ),
    ).rejects.toThrow(/credential_secret_hash_key/)
  })

  test('are at most four usable ones, also when asked for at once', async () => {
    const { owner, agent } = await registered()
    const asked = await Promise.allSettled(
      Array.from({ length: 6 }, () => transaction((tx) => issueCredential(tx, owner, agent, now))),
    )
    expect(asked.filter(({ status }) => status === 'fulfilled')).toHaveLength(4)
    expect(asked.find((each) => each.status === 'rejected')?.reason).toMatchObject({ code: 'conflict' })
  })

  test('overlap while they are rotated: both work, then only the new one', async () => {
    const { owner, agent } = await registered()
    const old = await transaction((tx) => issueCredential(tx, owner, agent, now))
    const id = parsePublicId('credential', old.id)
    const fresh = await rotateCredential(db, owner, agent, id, 24, now)
    expect(fresh.endsOld).toBe(new Date(now.getTime() + 24 * 3_600_000).toISOString())
    const later = new Date(now.getTime() + 24 * 3_600_000)
    const works = async ({ clientId, clientSecret }: typeof old, at: Date) =>
      (await exchange(db, clientId, clientSecret, at)) !== null
    expect([await works(old, now), await works(fresh, now)]).toEqual([true, true])
    expect([await works(old, later), await works(fresh, later)]).toEqual([false, true])
    expect(await kindsOf(agent.id)).toEqual([
      'agent.registered',
      'credential.created',
      'credential.created',
      'credential.rotated',
    ])
  })

  test('rotated twice at once leave no secret usable that nobody was shown', async () => {
    const { owner, agent } = await registered()
    const old = await transaction((tx) => issueCredential(tx, owner, agent, now))
    const id = parsePublicId('credential', old.id)
    const both = await Promise.allSettled([
      rotateCredential(db, owner, agent, id, 24, now),
      rotateCredential(db, owner, agent, id, 24, now),
    ])
    expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
    const { rows } = await pool.query('SELECT 1 FROM credential WHERE agent_id = $1 AND revoked_at IS NULL', [agent.id])
    expect(rows).toHaveLength(2)
  })

  test('are revoked at once and for good, and every unused grant of the agent with them', async () => {
    const { owner, agent } = await registered()
    const made = await transaction((tx) => issueCredential(tx, owner, agent, now))
    const id = parsePublicId('credential', made.id)
    await revokeCredential(db, owner, agent, id)
    expect(await exchange(db, made.clientId, made.clientSecret, now)).toBeNull()
    await expect(revokeCredential(db, owner, agent, id)).rejects.toMatchObject({ code: 'wrong_state' })
    await expect(rotateCredential(db, owner, agent, id, 1, now)).rejects.toMatchObject({ code: 'wrong_state' })
    const { rows } = await pool.query<{ dead: boolean }>(
      'SELECT a.revoked_epoch = g.epoch OR a.revoked_epoch = g.epoch - 1 AS dead FROM agent a, gate g WHERE a.id = $1',
      [agent.id],
    )
    expect(rows[0]?.dead).toBe(true)
  })

  test('of one agent are not another’s to revoke', async () => {
    const one = await registered()
    const two = await registered()
    const made = await transaction((tx) => issueCredential(tx, one.owner, one.agent, now))
    await expect(
      revokeCredential(db, two.owner, two.agent, parsePublicId('credential', made.id)),
    ).rejects.toMatchObject({ code: 'not_found' })
  })
})
