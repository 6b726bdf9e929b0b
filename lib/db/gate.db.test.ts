import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { newId } from '@/lib/core/ids'
import { applyChange, type GateEntry } from '@/lib/db/gate'
import { testDatabase } from '@/lib/db/testing'

const { pools, db } = await testDatabase()

/** The smallest entry the ledger admits; what real ones say is tested in lib/ledger. */
function entry(kind: string): GateEntry {
  const id = newId()
  return { id, envelope: Buffer.from(JSON.stringify({ id, kind })), payload: null, projection: null }
}

async function person(name: string): Promise<string> {
  const id = newId()
  await db.person.create({ data: { id, name, email: `${id}@example.test`, roles: ['ciso'] } })
  return id
}

async function agent(owner: string): Promise<string> {
  const id = newId()
  const team = await db.team.create({ data: { id: newId(), name: `team ${id}` } })
  await db.agent.create({
    data: {
      id,
      slug: `a${id.slice(-12)}`,
      purpose: 'test',
      ownerId: owner,
      teamId: team.id,
      environment: 'test',
      reviewDate: new Date('2027-01-01'),
      registeredBy: owner,
    },
  })
  return id
}

async function epoch(): Promise<bigint> {
  return (await db.gate.findUniqueOrThrow({ where: { id: 1 } })).epoch
}

async function draft(agentId: string, drafter: string, digest: Buffer<ArrayBuffer>): Promise<string> {
  const id = newId()
  await db.boundaryVersion.create({
    data: { id, agentId, version: 1, source: 'agent: x', document: {}, digest, draftedBy: drafter },
  })
  return id
}

describe('what the app login may not do by itself', () => {
  it.each([
    ['engage a halt', `INSERT INTO halt (id, scope, epoch) VALUES (gen_random_uuid(), 'organisation', 1)`],
    ['lift a halt', `UPDATE halt SET lifted_at = now()`],
    ['change an agent’s state', `UPDATE agent SET state = 'active'`],
    ['change an agent’s owner', `UPDATE agent SET owner_id = owner_id`],
    ['bring a credential back', `UPDATE credential SET revoked_at = NULL`],
    ['sign a boundary', `UPDATE boundary_version SET status = 'signed'`],
    [
      'begin a boundary as signed',
      `INSERT INTO boundary_version (id, version, status, source, document, digest, drafted_by) VALUES (gen_random_uuid(), 1, 'signed', '', '{}', '', gen_random_uuid())`,
    ],
    [
      'begin an agent as active',
      `INSERT INTO agent (id, slug, purpose, owner_id, team_id, environment, review_date, state, registered_by)
       VALUES (gen_random_uuid(), 'born-active', 'x', gen_random_uuid(), gen_random_uuid(), 'test', '2027-01-01', 'active', gen_random_uuid())`,
    ],
    ['confirm a tool', `UPDATE tool SET confirmed_at = now()`],
    ['bring a person back', `UPDATE person SET deactivated_at = NULL`],
    ['move the epoch', `UPDATE gate SET epoch = epoch + 1`],
    ['take the gate’s lock alone through its helper', `SELECT gate_advance()`],
    ['change a verdict', `UPDATE verdict SET answer = 'approve'`],
  ])('cannot %s', async (_, sql) => {
    await expect(pools.app.query(sql)).rejects.toMatchObject({ code: '42501' })
  })
})

describe('gate_apply', () => {
  it('moves the epoch, writes the row and its entry together', async () => {
    const by = await person('Noor')
    const before = await epoch()
    const written = entry('halt.engaged')
    const id = newId()
    const answer = await applyChange('halt.engage', { id, scope: 'agent', target: await agent(by), by }, written)
    expect(answer).toMatchObject({ applied: true, id })
    expect(await epoch()).toBeGreaterThan(before)
    const found = await pools.app.query('SELECT kind FROM ledger.entry WHERE id = $1', [written.id])
    expect(found.rows).toEqual([{ kind: 'halt.engaged' }])
  })

  it('changes nothing when the entry cannot be written', async () => {
    const by = await person('Noor')
    const id = newId()
    const target = await agent(by)
    const bad = { ...entry('halt.engaged'), envelope: Buffer.from('{"id":"another"}') }
    await expect(applyChange('halt.engage', { id, scope: 'agent', target, by }, bad)).rejects.toThrow()
    expect(await db.halt.count({ where: { id } })).toBe(0)
  })

  it.each(['gate.advance', 'halt.engage(NULL,1)--', 'halt', 'public.halt.engage', 'halt.Engage'])(
    'runs nothing for a name that is no change’s: %s',
    async (change) => {
      const asked = pools.app.query(`SELECT gate_apply($1, '{}', $2, NULL, NULL, NULL, NULL)`, [change, newId()])
      await expect(asked).rejects.toMatchObject({ code: '22023' })
    },
  )

  it('is the only way to what a change does: no login calls one by itself', async () => {
    const { rows } = await pools.superuser.query<{ name: string }>(
      `SELECT proname AS name FROM pg_proc WHERE proargtypes = ARRAY['jsonb'::regtype, 'bigint'::regtype]::oidvector AND proname LIKE 'gate\\_%'`,
    )
    expect(rows.length).toBeGreaterThan(12)
    for (const { name } of rows)
      for (const login of [pools.app, pools.jobs])
        await expect(login.query(`SELECT ${name}('{}', 1)`), name).rejects.toMatchObject({ code: '42501' })
  })

  it('lets the second of two engagements of one scope find the first', async () => {
    const by = await person('Noor')
    const target = await agent(by)
    const first = newId()
    const both = await Promise.all(
      [first, newId()].map((id) =>
        applyChange('halt.engage', { id, scope: 'agent', target, by }, entry('halt.engaged')),
      ),
    )
    expect(both.filter((answer) => answer.applied)).toHaveLength(1)
    expect(new Set(both.map((answer) => answer.id)).size).toBe(1)
  })

  it('refuses to lift a halt that fewer than two people, or only who engaged it, agreed to lift', async () => {
    const [noor, dana, bram] = [await person('Noor'), await person('Dana'), await person('Bram')]
    const id = newId()
    await applyChange('halt.engage', { id, scope: 'agent', target: await agent(noor), by: noor }, entry('halt.engaged'))
    const lift = () => applyChange('halt.lift', { id, reason: 'over', by: dana }, entry('halt.lifted'))
    expect(await lift()).toMatchObject({ applied: false, refused: 'separation_of_duties' })

    const digest = randomBytes(32)
    const approval = newId()
    await db.approval.create({
      data: {
        id: approval,
        kind: 'halt_lift',
        subjectId: id,
        digest,
        seats: 2,
        rule: {},
        status: 'approved',
        closedAt: new Date(),
        expiresAt: new Date(),
      },
    })
    const vote = (personId: string) =>
      db.verdict.create({
        data: { id: newId(), approvalId: approval, personId, answer: 'approve', reason: '', digest },
      })
    await vote(dana)
    expect(await lift()).toMatchObject({ applied: false, refused: 'separation_of_duties' })
    await vote(bram)
    expect(await lift()).toMatchObject({ applied: true })
    expect(await lift()).toMatchObject({ applied: false, refused: 'wrong_state' })
  })

  it('never lets the drafter sign, nor anybody sign another digest than the draft’s', async () => {
    const [yuki, ilse] = [await person('Yuki'), await person('Ilse')]
    const digest = randomBytes(32)
    const id = await draft(await agent(yuki), yuki, digest)
    const sign = (by: string, seen: Buffer) =>
      applyChange(
        'boundary.sign',
        { id, by, statement: 'read', lapses_at: '2027-01-01T00:00:00Z', digest: seen.toString('hex'), widened: [] },
        entry('boundary.signed'),
      )
    expect(await sign(yuki, digest)).toMatchObject({ applied: false, refused: 'separation_of_duties' })
    expect(await sign(ilse, randomBytes(32))).toMatchObject({ applied: false, refused: 'digest_mismatch' })
    expect(await sign(ilse, digest)).toMatchObject({ applied: true })
    expect(await sign(ilse, digest)).toMatchObject({ applied: false, refused: 'already_decided' })
    await expect(pools.owner.query(`UPDATE boundary_version SET source = 'x' WHERE id = $1`, [id])).rejects.toThrow(
      /never changes/,
    )
  })

  it('refuses to run where a snapshot could be older than its lock', async () => {
    const client = await pools.app.connect()
    try {
      await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ')
      await expect(
        client.query('SELECT gate_apply($1, $2, $3, $4, null, null, null)', [
          'person.reactivate',
          { id: newId() },
          newId(),
          Buffer.from('{}'),
        ]),
      ).rejects.toMatchObject({ code: '25001' })
    } finally {
      await client.query('ROLLBACK')
      client.release()
    }
  })

  it('ends whoever keeps the lock, rather than let a halt wait', async () => {
    const by = await person('Noor')
    const stuck = await pools.app.connect()
    stuck.on('error', () => undefined)
    await stuck.query('BEGIN')
    await stuck.query('SELECT pg_advisory_xact_lock_shared(gate_key())')
    const answer = await applyChange(
      'halt.engage',
      { id: newId(), scope: 'agent', target: await agent(by), by },
      entry('halt.engaged'),
    )
    expect(answer.applied).toBe(true)
    await expect(stuck.query('SELECT 1')).rejects.toThrow()
    stuck.release(true)
  })
})
