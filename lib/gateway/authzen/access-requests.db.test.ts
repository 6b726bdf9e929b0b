import { describe, expect, it } from 'vitest'
import { parsePublicId } from '@/lib/core/ids'
import { alertFor } from '@/lib/alerts/alert'
import { transaction } from '@/lib/db/client'
import { testDatabase } from '@/lib/db/testing'
import { expireAction, OUTCOME_MS } from '@/lib/decisions/expire'
import { lifecycle } from '@/lib/decisions/lifecycle-testing'
import { testPerson } from '@/lib/people/testing'
import { act, archived, evaluation, fixture, record, user } from '@/lib/gateway/authzen-testing'

const database = await testDatabase()
const { pools } = database
const { gateway, alice, pointFor, point, ask } = await fixture(database)
const { verdict } = lifecycle(database)

type Denied = { evaluation_id: string; access_request: { expires_at: string } }

describe('an access request', () => {
  const asked = evaluation(user('alice'), act('write', { title: 'Q4' }), archived)
  const deny = async () => (await ask('evaluation', asked)).body.context as Denied
  const request = async (context: Denied, over: Record<string, unknown> = {}, key?: string) =>
    ask(
      'requests',
      {
        ...asked,
        context: { business_justification: 'renewal' },
        denial: { evaluation_id: context.evaluation_id, expires_at: context.access_request.expires_at },
        ...over,
      },
      point.token,
      key === undefined ? {} : { 'idempotency-key': key },
    )
  const approve = async (task: { id: string }, answer: 'approve' | 'reject' = 'approve') => {
    const { rows } = await pools.superuser.query<{ approval_id: string; digest: Buffer }>(
      'SELECT approval_id, digest FROM action WHERE id = $1',
      [parsePublicId('action', task.id)],
    )
    const [row] = rows
    if (row === undefined) throw new Error('no action')
    await verdict(row.approval_id, `sha256:${row.digest.toString('hex')}`, await testPerson(['analyst']), answer)
  }
  const poll = (id: string, token = point.token) => gateway.ask('GET', `/access/v1/requests/${id}`, token)

  it('of what a person would be asked about waits for them, and one evaluation is then true', async () => {
    const context = await deny()
    expect(context).toMatchObject({
      reason: 'approval_required',
      access_request: { endpoint: 'https://countersign.test/access/v1/requests' },
    })
    const { status, body, headers } = await request(context)
    expect({ status, state: body.task.status, at: headers['location'] }).toEqual({
      status: 202,
      state: 'pending',
      at: body.task.status_endpoint,
    })
    await approve(body.task)
    const done = (await poll(body.task.id as string)).body
    expect(done).toMatchObject({
      task: { status: 'approved' },
      result: { mode: 'reevaluate', approval: { id: expect.stringMatching(/^apr_/) as string } },
    })
    const again = (over: Record<string, unknown> = {}) =>
      ask('evaluation', { ...asked, ...over, context: { approval: done.result.approval } })
    expect((await again({ resource: record('record-2', { status: 'active' }) })).body).toMatchObject({
      decision: false,
      context: { reason: 'out_of_scope' },
    })
    expect((await again({ subject: user('bob') })).body).toMatchObject({
      decision: false,
      context: { reason: 'approval_unverifiable' },
    })
    expect((await again()).body).toMatchObject({
      decision: true,
      context: { approval: { id: done.result.approval.id } },
    })
    expect((await again()).body).toMatchObject({
      decision: false,
      context: { reason: 'approval_expired', next_action: 'none' },
    })
  })

  describe('once it was approved and evaluated again', () => {
    const used = async () => {
      const { body } = await request(await deny())
      await approve(body.task)
      const { result } = (await poll(body.task.id as string)).body
      const { context } = (await ask('evaluation', { ...asked, context: { approval: result.approval } })).body
      return { id: String(body.task.id), endpoint: new URL(String(context.outcome_endpoint)).pathname }
    }
    const tell = (endpoint: string, body: unknown) => gateway.ask('POST', endpoint, point.token, body)

    it('is ended by what its enforcement point says came of it, once', async () => {
      const { id, endpoint } = await used()
      expect((await tell(endpoint, { status: 'perhaps' })).body).toMatchObject({ field: 'status' })
      expect((await tell(endpoint, { status: 'succeeded', output: { rows: 1 }, foo: 1 })).body.task.status).toBe(
        'approved',
      )
      const { rows } = await pools.superuser.query('SELECT status FROM action WHERE id = $1', [
        parsePublicId('action', id),
      ])
      expect(rows).toEqual([{ status: 'succeeded' }])
      expect(await tell(endpoint, { status: 'failed' })).toMatchObject({
        status: 409,
        body: { type: 'urn:openid:authzen:access-request:error:invalid_task_state' },
      })
      const other = await pointFor('Another gateway', 'bob')
      expect((await gateway.ask('POST', endpoint, other.token, { status: 'failed' })).status).toBe(404)
    })

    it('is unknown where nobody says it within an hour, and people are told', async () => {
      const { id } = await used()
      const actionId = parsePublicId('action', id)
      await transaction((tx) => expireAction(tx, actionId, new Date(Date.now() + OUTCOME_MS + 60_000)))
      const { rows } = await pools.superuser.query<{ labels: string[]; status: string }>(
        `SELECT convert_from(e.envelope, 'UTF8')::jsonb -> 'labels' AS labels, a.status FROM ledger.entry e JOIN action a ON a.id = $1
          WHERE convert_from(e.envelope, 'UTF8')::jsonb ->> 'kind' = 'action.expired'`,
        [actionId],
      )
      expect(rows).toEqual([{ labels: ['not_told'], status: 'unknown' }])
      expect(
        alertFor({ kind: 'action.expired', outcome: null, agentId: alice.agentId, labels: rows[0]?.labels ?? [] }),
      ).toMatchObject({ kind: 'outcome_not_told' })
    })
  })

  it('that was approved makes one of sixteen evaluations at once true, and leaves its agent no grant', async () => {
    const { body } = await request(await deny())
    await approve(body.task)
    const { result } = (await poll(body.task.id as string)).body
    const again = () => ask('evaluation', { ...asked, context: { approval: result.approval } })
    const all = await Promise.all(Array.from({ length: 16 }, again))
    expect(all.filter((each) => each.body.decision === true)).toHaveLength(1)
    const claim = await gateway.ask(
      'POST',
      `/api/v1/actions/${String(body.task.id)}/grant`,
      await gateway.tokenOf(alice),
      {},
    )
    expect(claim).toMatchObject({ status: 409, body: { code: 'wrong_state' } })
  })

  it('that was rejected is denied, one that was given up is cancelled, and neither makes anything true', async () => {
    const context = await deny()
    const first = (await request(context)).body.task
    await approve(first, 'reject')
    expect((await poll(first.id as string)).body.task.status).toBe('denied')
    const second = (await request(await deny())).body.task
    const cancel = () => ask(`requests/${String(second.id)}/cancel`, {})
    expect((await cancel()).body.task.status).toBe('cancelled')
    expect(await cancel()).toMatchObject({
      status: 409,
      body: { type: 'urn:openid:authzen:access-request:error:invalid_task_state' },
    })
  })

  it('is bound to its denial: another resource, another time, no denial, or one for no person is refused', async () => {
    const context = await deny()
    const type = (problem: string) => ({ body: { type: `urn:openid:authzen:access-request:error:${problem}` } })
    expect(await request(context, { resource: record('record-9') })).toMatchObject(type('invalid_denial_binding'))
    expect(await request({ ...context, access_request: { expires_at: '2099-01-01T00:00:00Z' } })).toMatchObject(
      type('invalid_denial_binding'),
    )
    expect(await request({ ...context, evaluation_id: 'act_00000000000070008000000000000000' })).toMatchObject(
      type('invalid_denial_binding'),
    )
    const never = evaluation(user('alice'), act('delete', { soft: false }), record('record-1'))
    const { context: said } = (await ask('evaluation', never)).body
    expect(said.access_request).toBeUndefined()
    expect(await request({ ...said, access_request: context.access_request }, never)).toMatchObject(
      type('not_requestable'),
    )
  })

  it('under one key is one request, and another body under it is refused', async () => {
    const context = await deny()
    const first = await request(context, {}, 'key-1')
    expect((await request(context, {}, 'key-1')).body.task.id).toBe(first.body.task.id)
    expect(await request(context, { context: { business_justification: 'another' } }, 'key-1')).toMatchObject({
      status: 409,
    })
  })

  it('is nobody’s who may not ask for its agent', async () => {
    const { id } = (await request(await deny())).body.task
    const other = await pointFor('Third gateway', 'bob')
    expect(await poll(id as string, other.token)).toMatchObject({
      status: 404,
      body: { type: 'urn:openid:authzen:access-request:error:unknown_task', code: 'not_found' },
    })
    expect((await poll('act_nothing')).status).toBe(404)
  })

  it('is nobody’s any more once the credential of an agent that asks for itself is revoked', async () => {
    const { id } = (await request(await deny())).body.task
    const token = await gateway.tokenOf(alice)
    expect((await poll(id as string, token)).status).toBe(200)
    await pools.superuser.query('UPDATE credential SET revoked_at = now() WHERE client_id = $1', [alice.clientId])
    try {
      for (const address of ['', '/cancel', '/outcome'])
        expect(
          await gateway.ask(
            address === '' ? 'GET' : 'POST',
            `/access/v1/requests/${String(id)}${address}`,
            token,
            address === '' ? undefined : address === '/outcome' ? { status: 'failed' } : {},
          ),
        ).toMatchObject({ status: 401, body: { code: 'invalid_credential' } })
    } finally {
      await pools.superuser.query('UPDATE credential SET revoked_at = NULL WHERE client_id = $1', [alice.clientId])
    }
    expect((await poll(id as string)).body.task.status).toBe('pending')
  })

  it('in force of a halt makes nothing true', async () => {
    const { body } = await request(await deny())
    await approve(body.task)
    const { result } = (await poll(body.task.id as string)).body
    await pools.superuser.query(`UPDATE gate SET revoked_epoch = epoch + 1, epoch = epoch + 1`)
    expect((await ask('evaluation', { ...asked, context: { approval: result.approval } })).body).toMatchObject({
      decision: false,
      context: { next_action: 'none' },
    })
  })
})

describe('a credential', () => {
  const insert = (secret: Buffer | null, pointId: string | null) =>
    pools.superuser.query(
      `INSERT INTO credential (id, agent_id, client_id, secret_hash, created_by, enforcement_point_id)
       SELECT gen_random_uuid(), a.id, gen_random_uuid()::text, $1, a.owner_id, $2::uuid FROM agent a WHERE a.slug = 'bob'`,
      [secret, pointId],
    )

  it('has a secret of its own or is a point’s, of which an agent has one: Postgres says so', async () => {
    await expect(insert(null, null)).rejects.toThrow('credential_proved')
    await expect(insert(Buffer.alloc(32, 7), point.id)).rejects.toThrow('credential_proved')
    await expect(insert(null, point.id)).rejects.toThrow('credential_point_agent_key')
  })

  it('of a point that was revoked never comes back', async () => {
    const { id } = await pointFor('Fourth gateway')
    await pools.app.query('UPDATE enforcement_point SET revoked_at = now() WHERE id = $1', [id])
    await expect(pools.app.query('UPDATE enforcement_point SET revoked_at = NULL WHERE id = $1', [id])).rejects.toThrow(
      'stays revoked',
    )
    await expect(
      pools.app.query(`UPDATE enforcement_point SET token_hash = sha256('x') WHERE id = $1`, [id]),
    ).rejects.toThrow('permission denied')
  })
})
