import { describe, expect, it } from 'vitest'
import { revokePoint } from '@/lib/agents/revoke-point'
import { parsePublicId } from '@/lib/core/ids'
import { db } from '@/lib/db/client'
import { testDatabase } from '@/lib/db/testing'
import { testPerson } from '@/lib/people/testing'
import { MOST_ASKED } from '@/lib/resources/store-asked'
import { act, archived, BOB, evaluation, fixture, record, rule, user } from '@/lib/gateway/authzen-testing'

// The requests of the certification scenario of AuthZEN 1.0 (OpenID, 2026).
const database = await testDatabase()
const { pools } = database
const { gateway, alice, named, pointFor, point, ask } = await fixture(database)

// before anything is decided: every change of it asks a person, whatever a boundary observes
await pools.superuser.query(
  `INSERT INTO protected_resource (id, type, name, key, title, kind, owner_id, content_at, marked_by) SELECT gen_random_uuid(), $1, $2, lower($2), $2, 'other', id, 'content', id FROM person LIMIT 1`,
  ['record', 'record-7'],
)

describe('an access evaluation', () => {
  it.each([
    [1, user('alice'), act('read'), record('record-1'), true],
    [2, user('alice'), act('write'), record('record-1'), true],
    [3, user('bob'), act('read'), record('record-1'), true],
    [4, user('bob'), act('write'), record('record-1'), false],
    [5, user('alice'), act('write'), archived, false],
    [6, user('bob', { role: 'admin' }), act('write'), archived, true],
    [7, user('alice'), act('delete', { soft: true }), record('record-1'), true],
    [8, user('alice'), act('delete', { soft: false }), record('record-1'), false],
  ])(
    'answers rule %i of the fixture, each time the same, and each answer is recorded',
    async (_, subject, action, resource, decision) => {
      const ids = new Set<string>()
      for (let time = 0; time < 3; time++) {
        const { status, body } = await ask('evaluation', evaluation(subject, action, resource))
        expect(status).toBe(200)
        expect(body.decision).toBe(decision)
        ids.add(parsePublicId('action', body.context.evaluation_id as string))
      }
      const { rows } = await pools.superuser.query(
        `SELECT 1 FROM ledger.entry WHERE id = ANY ($1::uuid[]) AND kind = 'action.decided' AND convert_from(envelope, 'UTF8')::jsonb -> 'labels' ? 'via_authzen'`,
        [[...ids]],
      )
      expect(rows).toHaveLength(3)
    },
  )

  it('takes a context, properties nobody asked for and fields it does not know', async () => {
    const whole = {
      ...evaluation(
        user('alice', { department: 'Sales' }),
        act('read', { method: 'GET' }),
        record('record-1', { owner: 'bob' }),
        {
          time: '2025-06-27T18:03-07:00',
        },
      ),
      foo: 'bar',
      futureField: { nested: true },
    }
    expect((await ask('evaluation', whole)).body.decision).toBe(true)
  })

  it.each([
    ['subject', { action: act('read'), resource: record('record-1') }],
    ['action', { subject: user('alice'), resource: record('record-1') }],
    ['resource', { subject: user('alice'), action: act('read') }],
    ['subject.type', { subject: { id: 'alice' }, action: act('read'), resource: record('record-1') }],
    ['subject.id', { subject: { type: 'user' }, action: act('read'), resource: record('record-1') }],
    ['action.name', { subject: user('alice'), action: {}, resource: record('record-1') }],
    ['resource.type', { subject: user('alice'), action: act('read'), resource: { id: 'record-1' } }],
    ['resource.id', { subject: user('alice'), action: act('read'), resource: { type: 'record' } }],
    ['subject', { subject: 'alice', action: act('read'), resource: record('record-1') }],
    ['action.name', { subject: user('alice'), action: { name: 123 }, resource: record('record-1') }],
  ])('that lacks or misspells %s is 400 and names it', async (field, body) => {
    expect(await ask('evaluation', body)).toMatchObject({ status: 400, body: { code: 'invalid_request', field } })
  })

  it('of another content type, no JSON or nothing is 400', async () => {
    const text = JSON.stringify(evaluation(user('alice'), act('read'), record('record-1')))
    expect((await ask('evaluation', text, point.token, { 'content-type': 'text/plain' })).status).toBe(400)
    expect((await ask('evaluation', '{"subject":')).status).toBe(400)
    expect((await ask('evaluation', '')).status).toBe(400)
  })

  it('without a token, with one that ended, or of an agent nobody let it ask for, allows nothing', async () => {
    const whole = evaluation(user('alice'), act('read'), record('record-1'))
    expect((await ask('evaluation', whole, null)).status).toBe(401)
    expect((await ask('evaluation', whole, `cs_point_${'A'.repeat(43)}`)).status).toBe(401)
    const other = await pointFor('Other gateway', 'bob')
    expect(await ask('evaluation', whole, other.token)).toMatchObject({
      status: 200,
      body: { decision: false, context: { reason: 'unknown_subject' } },
    })
    await revokePoint(db(), await testPerson(['ciso']), other.id, new Date())
    expect(
      (await ask('evaluation', evaluation(user('bob'), act('read'), record('record-1')), other.token)).status,
    ).toBe(401)
    const { rows } = await pools.superuser.query<{ living: number }>(
      'SELECT count(*)::int AS living FROM credential WHERE enforcement_point_id = $1 AND revoked_at IS NULL',
      [other.id],
    )
    expect(rows[0]?.living).toBe(0)
  })

  it('by an agent itself is answered for that agent alone', async () => {
    const token = await gateway.tokenOf(alice)
    expect(
      (await ask('evaluation', evaluation(user('alice'), act('read'), record('record-1')), token)).body.decision,
    ).toBe(true)
    expect(
      (await ask('evaluation', evaluation(user('bob'), act('read'), record('record-1')), token)).body,
    ).toMatchObject({
      decision: false,
      context: { reason: 'unknown_subject' },
    })
  })

  it('by an agent itself believes nothing the agent says of itself or of the resource', async () => {
    const bob = await gateway.tokenOf(await named('robert', BOB))
    const asAdmin = (token: string) =>
      ask('evaluation', evaluation(user('robert', { role: 'admin' }), act('write'), archived), token)
    expect((await asAdmin(bob)).body.decision).toBe(false)
    const other = await pointFor('Vouching gateway', 'robert')
    expect((await asAdmin(other.token)).body.decision).toBe(true)
  })

  it('asks nobody under a boundary that only observes either', async () => {
    const watched = await named('watched', {
      ...BOB,
      mode: { observe_until: Date.now() + 86_400_000 },
      approval_required: [rule('record.write', null)],
    })
    const said = await ask(
      'evaluation',
      evaluation(user('watched'), act('write'), record('record-7')),
      await gateway.tokenOf(watched),
    )
    expect(said.body).toMatchObject({ decision: false, context: { reason: 'approval_required' } })
    const { rows } = await pools.superuser.query(
      'SELECT 1 FROM approval p JOIN action a ON a.id = p.subject_id WHERE a.agent_id = $1',
      [watched.agentId],
    )
    expect(rows).toEqual([])
  })

  it('maps a tool call to that tool, and what names no tool is denied', async () => {
    const call = (tool: string) => evaluation(user('alice'), act('tools/call', { id: '7' }), { type: 'tool', id: tool })
    expect((await ask('evaluation', call('record.read'))).body.decision).toBe(true)
    expect((await ask('evaluation', call('record.nothing_known'))).body.decision).toBe(false)
    expect((await ask('evaluation', call('no such tool!'))).body).toMatchObject({
      decision: false,
      context: { reason: 'unknown_action' },
    })
  })

  it('says back the name its caller gave the request', async () => {
    const whole = evaluation(user('alice'), act('read'), record('record-1'))
    const answer = await ask('evaluation', whole, point.token, { 'x-client-request-id': 'mine-1' })
    expect(answer.headers['x-request-id']).toBe('mine-1')
    const incomplete = await ask('evaluation', {}, point.token, { 'x-client-request-id': 'mine-2' })
    expect({ status: incomplete.status, id: incomplete.headers['x-request-id'] }).toEqual({ status: 400, id: 'mine-2' })
    const unproved = await ask('evaluation', whole, null, { 'x-client-request-id': 'mine-3' })
    expect({
      status: unproved.status,
      id: unproved.headers['x-request-id'],
      challenge: unproved.headers['www-authenticate'],
    }).toEqual({ status: 401, id: 'mine-3', challenge: 'Bearer' })
  })
})

describe('several evaluations', () => {
  const two = (top: Record<string, unknown>, ...evaluations: Record<string, unknown>[]) =>
    ask('evaluations', { ...top, evaluations })
  const decisions = (answer: { body: { evaluations: { decision: boolean }[] } }) =>
    answer.body.evaluations.map(({ decision }) => decision)

  it('are answered in their order, with the defaults of the top where they leave something out', async () => {
    expect(
      decisions(
        await two(
          { subject: user('bob'), resource: record('record-1') },
          { action: act('read') },
          { action: act('write') },
        ),
      ),
    ).toEqual([true, false])
    expect(
      decisions(
        await two(
          { subject: user('alice'), action: act('write'), resource: { type: 'record' } },
          { resource: { id: 'record-1', properties: { status: 'active' } } },
          { resource: archived },
        ),
      ),
    ).toEqual([true, false])
    expect(
      decisions(
        await two(
          { action: act('write'), resource: archived },
          { subject: user('alice') },
          { subject: user('bob', { role: 'admin' }) },
        ),
      ),
    ).toEqual([false, true])
  })

  it('deny what is incomplete, say what it lacks, and answer the others', async () => {
    const answer = await two({ subject: user('alice'), action: act('read') }, { resource: record('record-1') }, {})
    expect(decisions(answer)).toEqual([true, false])
    expect(answer.body.evaluations[1].context.error).toMatchObject({ status: 400, field: 'resource' })
  })

  it('end at the first answer their semantic ends on', async () => {
    const all = [{ action: act('read') }, { action: act('write') }, { action: act('read') }]
    const by = (evaluations_semantic: string, evaluations = all) =>
      ask('evaluations', {
        subject: user('bob'),
        resource: record('record-1'),
        evaluations,
        options: { evaluations_semantic },
      })
    expect(decisions(await by('execute_all'))).toEqual([true, false, true])
    expect(decisions(await by('deny_on_first_deny'))).toEqual([true, false])
    expect(decisions(await by('permit_on_first_permit', all.slice(1)))).toEqual([false, true])
    expect((await by('as_you_like')).status).toBe(400)
  })

  it('of none are one evaluation, and beyond a hundred are refused whole', async () => {
    const one = evaluation(user('alice'), act('read'), record('record-1'))
    expect((await ask('evaluations', one)).body.decision).toBe(true)
    expect((await ask('evaluations', { ...one, evaluations: [] })).body.decision).toBe(true)
    expect((await ask('evaluations', { ...one, evaluations: Array(101).fill({}) })).status).toBe(400)
  })
})

describe('a search', () => {
  it('finds which agents may do this to that', async () => {
    const who = (action: unknown, resource: unknown, type = 'user') =>
      ask('search/subject', { subject: { type }, action, resource })
    expect((await who(act('read'), record('record-1'))).body.results).toEqual([user('alice'), user('bob')])
    expect((await who(act('write'), record('record-1'))).body.results).toEqual([user('alice')])
    expect(
      (
        await ask('search/subject', {
          subject: { type: 'user', properties: { role: 'admin' } },
          action: act('write'),
          resource: archived,
        })
      ).body.results,
    ).toEqual([user('bob')])
    // a subject is an agent by its slug, whatever a protocol takes it for: a search finds what an evaluation allows
    const { results } = (await who(act('read'), record('record-1'), 'spaceship')).body as { results: { id: string }[] }
    expect(results.length).toBeGreaterThan(0)
    for (const subject of results)
      expect(
        (await ask('evaluation', { subject, action: act('read'), resource: record('record-1') })).body.decision,
      ).toBe(true)
  })

  it('finds what an agent may do it to, of what it was asked about, and what it may do', async () => {
    for (const id of ['record-1', 'record-2']) await ask('evaluation', evaluation(user('bob'), act('read'), record(id)))
    expect(
      (
        await ask('search/resource', {
          subject: user('bob', { role: 'admin' }),
          action: act('write'),
          resource: { type: 'record' },
        })
      ).body.results,
    ).toEqual([record('record-1'), record('record-2')])
    const may = (subject: unknown, resource: unknown) => ask('search/action', { subject, resource })
    expect((await may(user('alice'), record('record-1'))).body.results).toEqual([{ name: 'read' }, { name: 'write' }])
    expect((await may(user('bob', { role: 'admin' }), archived)).body.results).toEqual([
      { name: 'read' },
      { name: 'write' },
    ])
    expect((await may(user('nonexistent-user'), record('record-1'))).body.results).toEqual([])
  })

  it('goes on from page to page to an empty token', async () => {
    const page = (given: unknown) =>
      ask('search/subject', {
        subject: { type: 'user' },
        action: act('read'),
        resource: record('record-1'),
        page: given,
      })
    const first = (await page({ limit: 1 })).body
    expect(first).toMatchObject({ results: [user('alice')], page: { next_token: 'alice', count: 1 } })
    const second = (await page({ limit: 5, token: first.page.next_token })).body
    expect(second).toMatchObject({ results: [user('bob')], page: { next_token: '' } })
  })

  it.each([
    ['subject', { subject: { type: 'user' }, resource: record('record-1') }],
    ['resource', { action: act('read'), resource: { type: 'record' } }],
    ['action', { subject: user('alice') }],
    ['subject', { subject: { type: 'user' }, action: act('read'), resource: { type: 'record' } }],
    ['resource', { subject: { type: 'user' }, action: act('read'), resource: { type: 'record' } }],
  ])('of a %s that is incomplete is 400', async (kind, body) => {
    expect((await ask(`search/${kind}`, body)).status).toBe(400)
  })

  it('knows of each agent what it was asked about, however much another was asked about', async () => {
    const known = async (slug: string, type: string) =>
      (await ask('search/resource', { subject: user(slug), action: act('read'), resource: { type } })).body
        .results as unknown[]
    const asked = async (slug: string, id: string) =>
      (await ask('evaluation', evaluation(user(slug), act('read'), record(id)))).status
    await pools.superuser.query(
      `INSERT INTO resource_asked (agent_id, type, name) SELECT $1, 'spam', 'n' || n FROM generate_series(1, $2::int) AS n`,
      [alice.agentId, MOST_ASKED],
    )
    expect([await asked('alice', 'record-new'), await asked('bob', 'record-new')]).toEqual([200, 200])
    expect(await known('alice', 'record')).not.toContainEqual(record('record-new'))
    expect(await known('bob', 'record')).toContainEqual(record('record-new'))
    await pools.superuser.query(`DELETE FROM resource_asked WHERE type = 'spam'`)
  })

  it('is asked afresh: what a signature or a halt changes, it knows at once', async () => {
    const who = async (): Promise<unknown> =>
      (await ask('search/subject', { subject: { type: 'user' }, action: act('read'), resource: record('record-1') }))
        .body.results as unknown
    expect(await who()).toEqual([user('alice'), user('bob')])
    await pools.superuser.query(`UPDATE agent SET state = 'suspended' WHERE slug = 'bob'`)
    await pools.superuser.query('UPDATE gate SET epoch = epoch + 1')
    expect(await who()).toEqual([user('alice')])
    await pools.superuser.query(`UPDATE agent SET state = 'active' WHERE slug = 'bob'`)
    await pools.superuser.query('UPDATE gate SET epoch = epoch + 1')
  })

  it('looks at a tool’s schema only where arguments are said', async () => {
    await pools.superuser.query(
      `UPDATE tool SET schema = '{"type": "object", "required": ["title"]}' WHERE server = 'record' AND name = 'write'`,
    )
    await pools.superuser.query('UPDATE gate SET epoch = epoch + 1')
    const who = async (action: unknown): Promise<unknown> =>
      (await ask('search/subject', { subject: { type: 'user' }, action, resource: record('record-1') })).body
        .results as unknown
    expect(await who(act('write'))).toEqual([user('alice')])
    expect(await who(act('write', { title: 'Q4' }))).toEqual([user('alice')])
    expect(await who(act('write', {}))).toEqual([])
    await pools.superuser.query(`UPDATE tool SET schema = NULL WHERE server = 'record' AND name = 'write'`)
    await pools.superuser.query('UPDATE gate SET epoch = epoch + 1')
  })

  it('records nothing', async () => {
    const count = async () =>
      (await pools.superuser.query<{ n: number }>('SELECT count(*)::int AS n FROM action')).rows[0]?.n
    const before = await count()
    await ask('search/subject', { subject: { type: 'user' }, action: act('read'), resource: record('record-1') })
    expect(await count()).toBe(before)
  })
})

describe('metadata', () => {
  it('names the decision point and its endpoints', async () => {
    const { status, body } = await gateway.ask('GET', '/.well-known/authzen-configuration', null)
    expect(status).toBe(200)
    expect(body).toMatchObject({
      policy_decision_point: 'https://countersign.test',
      access_evaluation_endpoint: 'https://countersign.test/access/v1/evaluation',
      capabilities: ['urn:openid:authzen:capability:access-request'],
    })
  })
})
