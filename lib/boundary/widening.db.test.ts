import { beforeEach, describe, expect, test } from 'vitest'
import { sampleAgent, samplePerson } from '@/lib/agents/testing'
import { transaction } from '@/lib/db/client'
import { testDatabase } from '@/lib/db/testing'
import { testLedger } from '@/lib/ledger/testing'
import { draft } from './draft'
import { agreeOverride, askOverride } from './override'
import { sign } from './sign'
import { findVersion, newestSigned, type VersionRow } from './store'
import type { Governed } from './subject'
import { tighten } from './tighten'

const database = await testDatabase()
await testLedger(database)
const { db } = database
const pool = database.pools.superuser
const now = new Date()
const ciso = { id: await samplePerson(pool, ['ciso'], 'Ilse Tamm') }
const other = { id: await samplePerson(pool, ['ciso'], 'Bram Castellane') }
await pool.query(`INSERT INTO organisation (name) VALUES ('Northwind') ON CONFLICT DO NOTHING`)

let agent: Governed
let owner: { id: string }
beforeEach(async () => {
  const sample = await sampleAgent(pool)
  agent = { id: sample.agentId, slug: sample.slug, ownerId: sample.personId, state: 'active' }
  owner = { id: sample.personId }
})
const save = (rest: string, by = owner) =>
  transaction((tx) => draft(tx, by, agent, { source: `agent: ${agent.slug}\n${rest}\n`, note: '' }, now))
const signs = async (rest: string, because: Record<string, string> = {}) => {
  const { version, digest } = await save(rest)
  await sign(db, ciso, agent, version, { digest, statement: 'read', because }, now)
  return version
}
const put = async (rest: string, by = owner) => {
  const { version, digest } = await save(rest)
  return tighten(db, by, agent, version, { digest, statement: 'less is enough' }, now)
}
const inForce = async () => (await newestSigned(db, agent.id))?.version
const FIRST = 'mcp_scopes: {crm: [read, write]}\nlimits: {calls_per_hour: 100}'

describe('what only narrows', () => {
  test('is put in force by one person, keeps the term that was signed, and names what it came from', async () => {
    await signs(FIRST)
    const base = await newestSigned(db, agent.id)
    await put('mcp_scopes: {crm: [read]}\nlimits: {calls_per_hour: 50}\nnever: [crm.delete]')
    const found = await newestSigned(db, agent.id)
    expect(found).toMatchObject({ version: 2, signedBy: owner.id, draftedBy: owner.id, tightenedFrom: base?.id })
    expect(found?.lapsesAt).toEqual(base?.lapsesAt)
    const { rows } = await pool.query('SELECT kind FROM ledger.entry WHERE agent_id = $1 ORDER BY id DESC LIMIT 1', [
      agent.id,
    ])
    expect(rows).toEqual([{ kind: 'boundary.tightened' }])
    // and again from there: still from what a ciso signed
    await put('limits: {calls_per_hour: 50}\nnever: [crm.delete]')
    expect(await newestSigned(db, agent.id)).toMatchObject({ version: 3, tightenedFrom: base?.id })
  })

  test.each([
    ['widens as well', 'mcp_scopes: {crm: [read], erp: [read]}\nlimits: {calls_per_hour: 100}'],
    ['changes another word', `${FIRST}\nnever: [x]\npurpose: something else`],
    ['tightens what the list does not name', `${FIRST}\nsandbox: isolated`],
    ['changes nothing', FIRST],
  ])('is not what %s: a ciso signs that', async (_, rest) => {
    await signs(FIRST)
    await expect(put(rest)).rejects.toMatchObject({ code: 'wrong_state' })
    expect(await inForce()).toBe(1)
  })

  test('is not put in force by somebody who did not draft it, nor by whoever has no part in the agent', async () => {
    await signs(FIRST)
    await expect(put('mcp_scopes: {crm: [read]}\nlimits: {calls_per_hour: 100}', ciso)).rejects.toMatchObject({
      code: 'not_permitted',
    })
    const found = await newestSigned(db, agent.id)
    const open = await findVersion(db, agent.id, 2)
    const stranger = await samplePerson(pool, [])
    await pool.query('UPDATE boundary_version SET drafted_by = $1 WHERE id = $2', [stranger, open?.id])
    const { rows } = await database.pools.app.query<{ answer: { refused?: string } }>(
      `SELECT gate_apply('boundary.tighten', $1, gen_random_uuid(), '\\x00', NULL, NULL, NULL) AS answer`,
      [
        {
          id: open?.id,
          by: stranger,
          base: found?.id,
          statement: 'x',
          digest: Buffer.from(open?.digest ?? []).toString('hex'),
        },
      ],
    )
    expect(rows[0]?.answer).toMatchObject({ applied: false, refused: 'not_permitted' })
  })

  test('is refused when another version came into force since it was compared', async () => {
    await signs(FIRST)
    const base = await newestSigned(db, agent.id)
    await signs('mcp_scopes: {crm: [read]}')
    const { version } = await save('never: [x]')
    const open = await findVersion(db, agent.id, version)
    const { rows } = await database.pools.app.query<{ answer: { refused?: string } }>(
      `SELECT gate_apply('boundary.tighten', $1, gen_random_uuid(), '\\x00', NULL, NULL, NULL) AS answer`,
      [
        {
          id: open?.id,
          by: owner.id,
          base: base?.id,
          statement: 'x',
          digest: Buffer.from(open?.digest ?? []).toString('hex'),
        },
      ],
    )
    expect(rows[0]?.answer).toMatchObject({ applied: false, refused: 'conflict' })
  })

  test('cannot be what a drafter signs as a version of its own: Postgres holds it', async () => {
    const { version } = await save(FIRST)
    const open = await findVersion(db, agent.id, version)
    await expect(
      pool.query(
        `UPDATE boundary_version SET status = 'signed', signed_by = drafted_by, signed_at = now(), lapses_at = now() WHERE id = $1`,
        [open?.id],
      ),
    ).rejects.toMatchObject({ constraint: 'boundary_signer_is_not_drafter' })
  })
})

describe('what widens', () => {
  const [ONE, TWO] = [`${FIRST}\nautonomous: [crm.note]`, `${FIRST}\nautonomous: [crm.note, crm.tag]`]
  const override = (version: VersionRow) => ({ digest: `sha256:${Buffer.from(version.digest).toString('hex')}` })
  const open = async (rest: string) => {
    const { version } = await save(rest)
    const found = await findVersion(db, agent.id, version)
    if (found === null) throw new Error('no draft')
    return found
  }

  test('names its categories, and the next widening waits until it was watched', async () => {
    await signs(FIRST)
    expect(await newestSigned(db, agent.id)).toMatchObject({ widened: [] })
    await signs(ONE)
    expect(await newestSigned(db, agent.id)).toMatchObject({ version: 2, widened: ['autonomous'] })
    await expect(signs(TWO)).rejects.toMatchObject({ code: 'watching' })
    expect(await inForce()).toBe(2)
    await pool.query('UPDATE organisation SET watching_days = 0')
    const { version, digest } = await save(TWO)
    await sign(db, ciso, agent, version, { digest, statement: 'watched' }, now)
    await pool.query('UPDATE organisation SET watching_days = 14')
    expect(await inForce()).toBe(3)
  })

  test('of several categories at once asks why for each', async () => {
    await signs(FIRST)
    const wider = 'mcp_scopes: {crm: [read, write], erp: [read]}\nautonomous: [crm.note]'
    await expect(signs(wider, { autonomous: 'they ask for it' })).rejects.toMatchObject({
      code: 'invalid_request',
      errors: [{ field: 'because.mcp_scopes' }, { field: 'because.limits' }],
    })
    await signs(wider, { autonomous: 'a', mcp_scopes: 'b', limits: 'c' })
    expect(await newestSigned(db, agent.id)).toMatchObject({ widened: ['mcp_scopes', 'autonomous', 'limits'] })
  })

  test('need not wait where two people say so, one of whom signs it, and not for another text', async () => {
    await signs(FIRST)
    await signs(ONE)
    const found = await open(TWO)
    const ask = { ...override(found), reason: 'the season begins on Monday' }
    await transaction((tx) => askOverride(tx, other, agent, found, ask, now))
    await expect(
      transaction((tx) => agreeOverride(tx, other, agent, found, override(found), now)),
    ).rejects.toMatchObject({
      code: 'separation_of_duties',
    })
    await expect(signs(TWO)).rejects.toMatchObject({ code: 'watching' })
    await transaction((tx) => agreeOverride(tx, ciso, agent, found, override(found), now))
    await expect(
      database.pools.app.query('UPDATE widening_override SET agreed_by = NULL WHERE boundary_id = $1', [found.id]),
    ).rejects.toMatchObject({ code: '42501' })
    await expect(signs(`${TWO}\n# another text`)).rejects.toMatchObject({ code: 'watching' })
    await signs(TWO)
    expect(await inForce()).toBe(3)
  })

  test('an override by one person alone is nothing Postgres takes', async () => {
    await signs(FIRST)
    const found = await open(ONE)
    await expect(
      pool.query(
        `INSERT INTO widening_override (id, boundary_id, digest, asked_by, reason, agreed_by, agreed_at) VALUES (gen_random_uuid(), $1, $2, $3, 'x', $3, now())`,
        [found.id, found.digest, ciso.id],
      ),
    ).rejects.toMatchObject({ constraint: 'override_by_two' })
  })
})
