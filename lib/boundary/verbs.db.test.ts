import { describe, expect, test } from 'vitest'
import { sampleAgent, samplePerson } from '@/lib/agents/testing'
import { digestText } from '@/lib/core/digest-text'
import { newId } from '@/lib/core/ids'
import { transaction } from '@/lib/db/client'
import { testDatabase } from '@/lib/db/testing'
import { openPayload } from '@/lib/ledger/open'
import { testLedger } from '@/lib/ledger/testing'
import { close } from './close'
import { draft } from './draft'
import { sign } from './sign'
import { findVersion, newestSigned, openDraft } from './store'
import type { Governed } from './subject'

const database = await testDatabase()
await testLedger(database)
const { db } = database
const pool = database.pools.superuser
const now = new Date()
const ciso = { id: await samplePerson(pool, ['ciso'], 'Ilse Tamm') }
const otherCiso = { id: await samplePerson(pool, ['ciso'], 'Bram Castellane') }

const governed = async (): Promise<{ agent: Governed; owner: { id: string } }> => {
  const sample = await sampleAgent(pool)
  return {
    agent: { id: sample.agentId, slug: sample.slug, ownerId: sample.personId, state: 'active' },
    owner: { id: sample.personId },
  }
}
const text = (slug: string, rest = 'mcp_scopes:\n  crm: [read]\n') => `agent: ${slug}\n${rest}`
const save = (person: { id: string }, agent: Governed | null, source: string, note = '') =>
  transaction((tx) => draft(tx, person, agent, { source, note }, now))
const drafted = async () => {
  const { agent, owner } = await governed()
  return { agent, owner, ...(await save(owner, agent, text(agent.slug))) }
}
const statement = 'I have read it'
const kindsOf = async (agentId: string) => {
  const { rows } = await pool.query<{ kind: string }>('SELECT kind FROM ledger.entry WHERE agent_id = $1 ORDER BY id', [
    agentId,
  ])
  return rows.map(({ kind }) => kind)
}

describe('drafting', () => {
  test('makes version 1, keeps the exact text, and goes on in the same version', async () => {
    const { agent, owner, version, digest } = await drafted()
    expect(version).toBe(1)
    const again = await save(owner, agent, `${text(agent.slug)}# a word more\n`, 'as asked')
    expect(again.version).toBe(1)
    expect(again.digest).not.toBe(digest)
    const open = await openDraft(db, agent.id)
    expect(open).toMatchObject({ source: `${text(agent.slug)}# a word more\n`, note: 'as asked', status: 'draft' })
    expect(open && digestText(open.digest)).toBe(again.digest)
    expect(await kindsOf(agent.id)).toEqual(['boundary.drafted', 'boundary.drafted'])
  })

  test('refuses a condition that can never work for the tool it is written for, with its place', async () => {
    const { agent, owner } = await governed()
    const schema = { type: 'object', properties: { amount: { type: 'number' } } }
    await pool.query(
      `INSERT INTO tool (id, server, name, schema, source) VALUES ($1, 'shop', 'refund', $2, 'import')`,
      [newId(), JSON.stringify(schema)],
    )
    const rule = (when: string) => text(agent.slug, `never:\n  - tool: shop.refund\n    when: ${when}\n`)
    await expect(save(owner, agent, rule('args.ammount > 5'))).rejects.toMatchObject({
      code: 'invalid_boundary',
      errors: [
        {
          field: 'source.never[0].when',
          line: 4,
          column: 11,
          detail: 'For shop.refund: args has no “ammount”. Did you mean “amount”?',
        },
      ],
    })
    const { version, digest } = await save(owner, agent, rule('args.amount > 5'))
    // the server changes the tool between the draft and the signature
    await pool.query(`UPDATE tool SET schema = $1 WHERE server = 'shop'`, [
      JSON.stringify({ type: 'object', properties: { total: { type: 'number' } } }),
    ])
    const signed = sign(db, ciso, agent, version, { digest, statement }, now)
    await expect(signed).rejects.toMatchObject({ code: 'invalid_boundary' })
  })

  test('refuses a text that is wrong, with the place of everything that is, and saves nothing', async () => {
    const { agent, owner } = await governed()
    const wrong = save(owner, agent, 'agent: somebody-else\nnevr:\n  - x\n')
    await expect(wrong).rejects.toMatchObject({
      code: 'invalid_boundary',
      errors: [
        { field: 'source.agent', line: 1, column: 8 },
        { field: 'source.nevr', line: 2, column: 1, detail: '"nevr" is not known. Did you mean "never"?' },
      ],
    })
    expect(await openDraft(db, agent.id)).toBeNull()
  })

  test('is one person’s at a time, also when two begin at once', async () => {
    const { agent } = await drafted()
    const colleague = { id: await samplePerson(pool) }
    await expect(save(colleague, agent, text(agent.slug))).rejects.toMatchObject({ code: 'conflict' })
    const fresh = await governed()
    const both = await Promise.allSettled([
      save(fresh.owner, fresh.agent, text(fresh.agent.slug)),
      save(colleague, fresh.agent, text(fresh.agent.slug)),
    ])
    expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
  })

  test('a second open draft is refused by Postgres itself', async () => {
    const { agent, owner } = await drafted()
    await expect(
      database.pools.app.query(
        `INSERT INTO boundary_version (id, agent_id, version, source, document, digest, drafted_by)
         SELECT $1, agent_id, 2, source, document, digest, $2 FROM boundary_version WHERE agent_id = $3`,
        [newId(), owner.id, agent.id],
      ),
    ).rejects.toThrow(/boundary_one_draft/)
  })

  test('is over for a retired agent', async () => {
    const { agent, owner } = await governed()
    await expect(save(owner, { ...agent, state: 'retired' }, text(agent.slug))).rejects.toMatchObject({
      code: 'wrong_state',
    })
  })
})

describe('signing', () => {
  test('puts it in force for 90 days, with the statement sealed in the ledger', async () => {
    const { agent, version, digest, id } = await drafted()
    await sign(db, ciso, agent, version, { digest, statement }, now)
    const inForce = await newestSigned(db, agent.id)
    expect(inForce).toMatchObject({ id, status: 'signed', signer: 'Ilse Tamm', statement })
    expect(inForce?.lapsesAt?.toISOString()).toBe(new Date(now.getTime() + 90 * 86_400_000).toISOString())
    const { rows } = await pool.query<{ id: string; said: object }>(
      `SELECT id, convert_from(envelope, 'UTF8')::jsonb AS said FROM ledger.entry WHERE agent_id = $1 AND kind = 'boundary.signed'`,
      [agent.id],
    )
    expect(rows[0]?.said).toMatchObject({
      actor: `person:${ciso.id}`,
      boundary: { version: 1, digest },
      verdicts: [{ person: ciso.id, answer: 'signed', capability: 'ciso' }],
    })
    expect(await openPayload(db, rows[0]?.id ?? '')).toMatchObject({ payload: { statement } })
  })

  test('is never the drafter’s: not by the rule, not by the gate, not by Postgres', async () => {
    const { agent } = await governed()
    const drafter = { id: await samplePerson(pool, ['ciso']) }
    const { version, digest, id } = await save(drafter, agent, text(agent.slug))
    await expect(sign(db, drafter, agent, version, { digest, statement }, now)).rejects.toMatchObject({
      code: 'separation_of_duties',
    })
    const { rows } = await database.pools.app.query<{ answer: object }>(
      `SELECT gate_apply('boundary.sign', $1, $2, '\\x00', NULL, NULL, NULL) AS answer`,
      [JSON.stringify({ id, by: drafter.id, statement: 'x', lapses_at: now, digest: digest.slice(7) }), newId()],
    )
    expect(rows[0]?.answer).toMatchObject({ applied: false, refused: 'separation_of_duties' })
    await expect(
      pool.query(
        `UPDATE boundary_version SET status = 'signed', signed_by = drafted_by, signed_at = now(), lapses_at = now() WHERE id = $1`,
        [id],
      ),
    ).rejects.toThrow(/boundary_signer_is_not_drafter/)
  })

  test('is for the text that was seen: a draft changed meanwhile is refused', async () => {
    const { agent, owner, version, digest } = await drafted()
    await save(owner, agent, text(agent.slug, 'mcp_scopes:\n  crm: [read, write]\n'))
    await expect(sign(db, ciso, agent, version, { digest, statement }, now)).rejects.toMatchObject({
      code: 'digest_mismatch',
    })
    expect(await newestSigned(db, agent.id)).toBeNull()
  })

  test('by two at once: one signs, the other is told', async () => {
    const { agent, version, digest } = await drafted()
    const both = await Promise.allSettled([
      sign(db, ciso, agent, version, { digest, statement }, now),
      sign(db, otherCiso, agent, version, { digest, statement }, now),
    ])
    expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
    expect(both.find((each) => each.status === 'rejected')?.reason).toMatchObject({ code: 'already_decided' })
    expect((await kindsOf(agent.id)).filter((kind) => kind === 'boundary.signed')).toHaveLength(1)
  })

  test('kills every unused grant given under the version before', async () => {
    const { agent, version, digest } = await drafted()
    await sign(db, ciso, agent, version, { digest, statement }, now)
    const { rows } = await pool.query<{ same: boolean }>(
      'SELECT a.revoked_epoch = g.epoch AS same FROM agent a, gate g WHERE a.id = $1',
      [agent.id],
    )
    expect(rows[0]?.same).toBe(true)
  })

  test('what is signed never changes again, whoever asks', async () => {
    const { agent, version, digest, id, owner } = await drafted()
    await sign(db, ciso, agent, version, { digest, statement }, now)
    await expect(pool.query(`UPDATE boundary_version SET source = 'x' WHERE id = $1`, [id])).rejects.toThrow(
      /never changes/,
    )
    const next = await save(owner, agent, text(agent.slug, 'mcp_scopes:\n  crm: [read]\n  kb: [read]\n'))
    expect(next.version).toBe(2)
    expect((await newestSigned(db, agent.id))?.version).toBe(1)
  })

  test('of a boundary that would have lapsed already is refused', async () => {
    const { agent, owner } = await governed()
    const { version, digest } = await save(owner, agent, text(agent.slug, 'expires: 2020-01-01\n'))
    await expect(sign(db, ciso, agent, version, { digest, statement }, now)).rejects.toMatchObject({ code: 'expired' })
  })

  test('the app’s own login cannot sign past the gate', async () => {
    const { id } = await drafted()
    await expect(
      database.pools.app.query(`UPDATE boundary_version SET status = 'signed', signed_by = $1 WHERE id = $2`, [
        ciso.id,
        id,
      ]),
    ).rejects.toThrow(/permission denied/)
  })
})

describe('closing a draft', () => {
  test('sends it back with a reason; the next draft is a new version', async () => {
    const { agent, owner, version, digest } = await drafted()
    await close(db, ciso, agent, version, 'returned', 'name the hosts')
    expect(await findVersion(db, agent.id, version)).toMatchObject({
      status: 'returned',
      closedReason: 'name the hosts',
    })
    await expect(sign(db, ciso, agent, version, { digest, statement }, now)).rejects.toMatchObject({
      code: 'already_decided',
    })
    await expect(close(db, owner, agent, version, 'withdrawn', '')).rejects.toMatchObject({ code: 'already_decided' })
    expect((await save(owner, agent, text(agent.slug))).version).toBe(2)
    expect(await kindsOf(agent.id)).toEqual(['boundary.drafted', 'boundary.returned', 'boundary.drafted'])
  })

  test('withdrawn and signed at once: one of the two stands', async () => {
    const { agent, owner, version, digest } = await drafted()
    const both = await Promise.allSettled([
      close(db, owner, agent, version, 'withdrawn', ''),
      sign(db, ciso, agent, version, { digest, statement }, now),
    ])
    expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
  })
})

describe('the baseline', () => {
  test('goes the same way, with its own versions and entries', async () => {
    const analyst = { id: await samplePerson(pool, ['analyst']) }
    await expect(save(analyst, null, 'agent: x\n')).rejects.toMatchObject({ code: 'invalid_boundary' })
    const { version, digest } = await save(analyst, null, 'never:\n  - iam.delete_user\n')
    expect(version).toBe(1)
    const before = (await pool.query<{ epoch: string }>('SELECT revoked_epoch AS epoch FROM gate')).rows[0]?.epoch
    await sign(db, ciso, null, version, { digest, statement }, now)
    const after = (await pool.query<{ epoch: string }>('SELECT revoked_epoch AS epoch FROM gate')).rows[0]?.epoch
    expect(Number(after)).toBeGreaterThan(Number(before))
    const { rows } = await pool.query<{ kind: string }>(
      `SELECT kind FROM ledger.entry WHERE kind LIKE 'baseline.%' ORDER BY id`,
    )
    expect(rows.map(({ kind }) => kind)).toEqual(['baseline.drafted', 'baseline.signed'])
  })
})
