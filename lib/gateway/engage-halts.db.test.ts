import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { sampleAgent } from '@/lib/agents/testing'
import { clearOfTheTurn } from '@/lib/core/clock-testing'
import { parsePublicId, publicId } from '@/lib/core/ids'
import { signWebhook } from '@/lib/core/standard-webhooks'
import { transaction } from '@/lib/db/client'
import { pool } from '@/lib/db/pool'
import { testDatabase } from '@/lib/db/testing'
import { makeSource, revokeSource, rotateSource } from '@/lib/halt/manage-sources'
import { recordBrokenGlass } from '@/lib/halt/record-broken-glass'
import { parseEntry } from '@/lib/ledger/entry'
import { answerDeviceLogin, findLogin } from '@/lib/people/answer-device-login'
import { askDeviceLogin } from '@/lib/people/ask-device-login'
import { claimDeviceLogin } from '@/lib/people/claim-device-login'
import { createToken, revokeToken } from '@/lib/people/create-token'
import { entriesOf, testOrganisation, testPerson } from '@/lib/people/testing'
import { readingsSince, testGateway } from './gateway-testing'

const database = await testDatabase()
const { pools, db } = database
const { ask } = await testGateway(database)
beforeEach(() => clearOfTheTurn('hour'))
const noor = await testOrganisation()
const dana = await testPerson(['analyst'], 'Dana Whitlock')
const HALTS = '/api/v1/halts'
const now = () => new Date()
const tokenOf = async (actor = dana, days = 7) =>
  transaction((tx) => createToken(tx, actor, { name: `night ${Math.random()}`, days, scope: 'halt' }, now()))
const rowsOf = async (target: string) =>
  (
    await pools.superuser.query<Record<string, unknown>>('SELECT * FROM halt WHERE target = $1 AND lifted_at IS NULL', [
      target,
    ])
  ).rows
const entryOf = async (kind: string) => {
  const { rows } = await pools.superuser.query<{ envelope: Buffer }>(
    'SELECT envelope FROM ledger.entry WHERE kind = $1 ORDER BY id',
    [kind],
  )
  return rows.map(({ envelope }) => parseEntry(envelope))
}
const sourceFor = async (...may: string[]) => {
  const { id, secret } = await transaction((tx) =>
    makeSource(tx, noor.id, { name: `SIEM ${Math.random()}`, may }, now()),
  )
  return { id, secret, url: `${HALTS}?source=${publicId('source', id)}` }
}
let sent = 0
const send = (source: { url: string; secret: string }, body: unknown, { id = `msg_${++sent}`, at = now() } = {}) => {
  const text = JSON.stringify(body)
  return ask('POST', source.url, null, text, { ...signWebhook({ id, at, body: text }, [source.secret]) })
}

describe('a token for halts', () => {
  it('engages in its person’s name, lists, and the entry says by which token', async () => {
    const [{ id: tokenId, token }, agent] = [await tokenOf(), await sampleAgent(pools.superuser)]
    const answer = await ask('POST', HALTS, token, { scope: 'agent', agent: agent.slug, reason: 'odd calls' })
    expect(answer).toMatchObject({ status: 200, body: { already: false, recorded: true } })
    expect(await rowsOf(agent.agentId)).toMatchObject([{ engaged_by: dana.id, reason: 'odd calls', recorded: true }])
    const entry = (await entryOf('halt.engaged')).at(-1)
    expect(entry).toMatchObject({
      actor: `person:${dana.id}`,
      agent: agent.agentId,
      about: { halt: parsePublicId('halt', answer.body.id as string), token: tokenId },
    })
    expect((await ask('GET', HALTS, token)).body.halts).toContainEqual(
      expect.objectContaining({ scope: 'agent', target: agent.slug, engaged_by: 'Dana Whitlock' }),
    )
  })

  it('is made by whoever may halt now, for 90 days at most, and ends with its revocation and with the right', async () => {
    await expect(tokenOf(noor)).rejects.toMatchObject({ code: 'not_permitted', field: 'scope' })
    await expect(tokenOf(dana, 91)).rejects.toMatchObject({ code: 'invalid_request', field: 'days' })
    const once = await testPerson(['analyst'])
    const [kept, revoked] = [await tokenOf(once), await tokenOf(once)]
    await transaction((tx) => revokeToken(tx, once, revoked.id, now()))
    expect((await ask('POST', HALTS, revoked.token, { scope: 'organisation' })).status).toBe(401)
    await pools.superuser.query(`UPDATE person SET roles = '{}' WHERE id = $1`, [once.id])
    expect((await ask('POST', HALTS, kept.token, { scope: 'organisation' })).status).toBe(403)
    await pools.superuser.query('UPDATE api_token SET expires_at = now() WHERE id = $1', [kept.id])
    expect((await ask('POST', HALTS, kept.token, { scope: 'organisation' })).status).toBe(401)
    expect(await rowsOf('')).toEqual([])
  })

  it('of another kind engages nothing', async () => {
    const { token } = await createToken(db, dana, { name: 'reads', days: 1 }, now())
    expect((await ask('POST', HALTS, token, { scope: 'organisation' })).body).toMatchObject({ code: 'not_permitted' })
    expect((await ask('POST', HALTS, null, { scope: 'organisation' })).status).toBe(401)
    expect(await rowsOf('')).toEqual([])
  })

  it.each([
    ['a scope that does not exist', { scope: 'planet' }, 400, 'invalid_request'],
    ['an agent that does not exist', { scope: 'agent', agent: 'nobody' }, 404, 'not_found'],
    ['an expiry in the past', { scope: 'organisation', until: '2020-01-01T00:00:00Z' }, 400, 'invalid_request'],
    ['a name too many', { scope: 'organisation', agent: 'nobody' }, 400, 'invalid_request'],
  ])('refuses %s, records it, and engages nothing', async (_, body, status, code) => {
    const { token } = await tokenOf()
    const before = (await entryOf('halt.refused')).length
    expect(await ask('POST', HALTS, token, body)).toMatchObject({ status, body: { code } })
    const entries = await entryOf('halt.refused')
    expect(entries).toHaveLength(before + 1)
    expect(entries.at(-1)?.labels?.[0]).toBe(code)
    expect(await rowsOf('')).toEqual([])
  })

  it('finds a second halt of the same, which stands as it was, and records the second asking', async () => {
    const [{ token }, agent] = [await tokenOf(), await sampleAgent(pools.superuser)]
    const first = await ask('POST', HALTS, token, { scope: 'agent', agent: agent.slug })
    const second = await ask('POST', HALTS, token, { scope: 'agent', agent: agent.slug, reason: 'again' })
    expect(second.body).toMatchObject({ id: first.body.id as string, already: true })
    expect(await rowsOf(agent.agentId)).toMatchObject([{ reason: '' }])
    expect((await entryOf('halt.refused')).at(-1)?.labels).toEqual(['already_exists', 'agent'])
  })

  it('does not fill the ledger with what it asks in vain', async () => {
    const loud = await testPerson(['analyst'])
    const { token } = await tokenOf(loud)
    for (let n = 0; n < 30; n++) await ask('POST', HALTS, token, { scope: 'planet' })
    const own = (await entryOf('halt.refused')).filter((entry) => entry?.actor === `person:${loud.id}`)
    expect(own).toHaveLength(20)
    expect(own.at(-1)?.labels).toContain('last_this_hour')
  })
})

describe('a flood without a right to anything', () => {
  const guess = () => `cst_${randomBytes(32).toString('base64url')}`

  it('keeps no halt out that comes from the same address, and costs the database next to nothing', async () => {
    const [{ token }, agent] = [await tokenOf(), await sampleAgent(pools.superuser)]
    const reads = vi.spyOn(pool('reserved'), 'query')
    const began = performance.now()
    const guesses = Array.from({ length: 600 }, (_, n) =>
      ask('POST', HALTS, n % 3 === 0 ? null : n % 3 === 1 ? guess() : 'cst_short', { scope: 'organisation' }),
    )
    const statuses = new Set((await Promise.all(guesses)).map(({ status }) => status))
    expect(statuses).toEqual(new Set([401]))
    expect(reads.mock.calls.length).toBeGreaterThan(0)
    expect(reads.mock.calls.length).toBeLessThanOrEqual(20 + readingsSince(began))
    reads.mockRestore()
    const more = Array.from({ length: 300 }, () => ask('POST', HALTS, guess(), { scope: 'organisation' }))
    const answer = await ask('POST', HALTS, token, { scope: 'agent', agent: agent.slug })
    expect(answer).toMatchObject({ status: 200, body: { already: false } })
    await Promise.all(more)
    expect(await rowsOf('')).toEqual([])
  })

  it('keeps out no command line that somebody logged in a moment ago', async () => {
    const { deviceCode, userCode } = await askDeviceLogin(db, { machine: 'm', userAgent: 'c', address: '::1' }, now())
    const flood = Promise.all(Array.from({ length: 200 }, () => ask('GET', HALTS, guess())))
    const { id } = await findLogin(db, dana, userCode, now())
    await transaction((tx) => answerDeviceLogin(tx, dana, { id, answer: 'allowed' }, now()))
    const claimed = await transaction((tx) => claimDeviceLogin(tx, deviceCode, now()))
    const token = claimed.says === 'token' ? claimed.token : expect.fail(claimed.says)
    expect((await ask('GET', HALTS, token)).status).toBe(200)
    await flood
  })

  it('of one token is held back, and nobody else’s with it', async () => {
    const [loud, quiet] = [await tokenOf(await testPerson(['analyst'])), await tokenOf()]
    const answers = await Promise.all(Array.from({ length: 100 }, () => ask('GET', HALTS, loud.token)))
    const held = answers.filter(({ status }) => status === 429)
    expect(held.length).toBeGreaterThan(0)
    expect(held[0]?.body).toMatchObject({ code: 'too_many_requests' })
    expect((await ask('GET', HALTS, quiet.token)).status).toBe(200)
  })
})

describe('a source outside', () => {
  it('engages what it may, the entry names it, and the same message again engages nothing again', async () => {
    const [source, agent] = [await sourceFor('agent'), await sampleAgent(pools.superuser)]
    const body = { scope: 'agent', agent: agent.slug, reason: 'beacon seen' }
    const first = await send(source, body, { id: 'msg_once' })
    expect(first).toMatchObject({ status: 200, body: { already: false } })
    const halt = parsePublicId('halt', first.body.id as string)
    expect((await entryOf('halt.engaged')).at(-1)).toMatchObject({
      actor: 'system',
      about: { halt, source: source.id },
    })
    // people lifted it; a late retry of the sender must not halt the agent again
    await pools.superuser.query('UPDATE halt SET lifted_at = now() WHERE id = $1', [halt])
    expect((await send(source, body, { id: 'msg_once' })).body).toMatchObject({
      id: first.body.id as string,
      already: true,
    })
    expect(await rowsOf(agent.agentId)).toEqual([])
    expect((await send(source, { ...body, reason: 'other' }, { id: 'msg_once' })).body).toMatchObject({
      code: 'idempotency_mismatch',
    })
    expect((await send(source, body)).body).toMatchObject({ already: false })
  })

  it('that sends one message many times at once engages one halt', async () => {
    const [source, agent] = [await sourceFor('agent'), await sampleAgent(pools.superuser)]
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => send(source, { scope: 'agent', agent: agent.slug }, { id: 'msg_storm' })),
    )
    expect(new Set(answers.map(({ body }) => body.id as string)).size).toBe(1)
    expect(await rowsOf(agent.agentId)).toHaveLength(1)
  })

  it('may engage nothing beyond its scopes, and lifts nothing', async () => {
    const source = await sourceFor('environment:staging')
    const beyond = [{ scope: 'organisation' }, { scope: 'environment', environment: 'production' }]
    for (const body of beyond)
      expect((await send(source, body)).body).toMatchObject({ code: 'not_permitted', field: 'scope' })
    expect((await entryOf('halt.refused')).at(-1)).toMatchObject({
      about: { source: source.id },
      labels: ['not_permitted', 'environment'],
    })
    expect(await rowsOf('')).toEqual([])
    const staged = await send(source, { scope: 'environment', environment: 'staging' })
    expect(staged.status).toBe(200)
    const lift = await ask(
      'POST',
      `${HALTS}/${staged.body.id as string}/lift?source=${publicId('source', source.id)}`,
      null,
      '{}',
    )
    expect(lift.status).toBe(404)
    expect(await rowsOf('staging')).toHaveLength(1)
    await pools.superuser.query('UPDATE halt SET lifted_at = now() WHERE lifted_at IS NULL')
  })

  it('is not believed with a forged, an old or somebody else’s signature; that is counted, and fills no ledger', async () => {
    const [source, other] = [await sourceFor('organisation'), await sourceFor('organisation')]
    const before = await pools.superuser.query('SELECT 1 FROM ledger.entry')
    const old = new Date(Date.now() - 301_000)
    for (let n = 0; n < 30; n++) {
      const forged = await send({ ...source, secret: other.secret }, { scope: 'organisation' })
      expect(forged).toMatchObject({ status: 401, body: { code: 'invalid_credential' } })
    }
    expect((await send(source, { scope: 'organisation' }, { at: old })).status).toBe(401)
    expect((await send({ ...source, url: HALTS }, { scope: 'organisation' })).status).toBe(401)
    const text = '{"scope":"organisation"}'
    const signed = { ...signWebhook({ id: 'msg_x', at: now(), body: text }, [source.secret]) }
    expect((await ask('POST', source.url, null, `${text} `, signed)).status).toBe(401)
    expect((await ask('POST', source.url, null, text, { ...signed, 'webhook-id': 'msg_y' })).status).toBe(401)
    expect(await rowsOf('')).toEqual([])
    expect((await pools.superuser.query('SELECT 1 FROM ledger.entry')).rowCount).toBe(before.rowCount)
    await expect
      .poll(
        async () =>
          (
            await pools.superuser.query<{ refused: string }>('SELECT refused FROM halt_source WHERE id = $1', [
              source.id,
            ])
          ).rows[0]?.refused,
      )
      .toBe('33')
  })

  it('is believed by the old secret and the new for a day, and by none once it is revoked', async () => {
    const [source, agent] = [await sourceFor('agent'), await sampleAgent(pools.superuser)]
    const body = { scope: 'agent', agent: agent.slug }
    const { secret } = await transaction((tx) => rotateSource(tx, noor.id, source.id, now()))
    await sleep(300) // sources are kept for so long
    expect((await send(source, body)).status).toBe(200)
    expect((await send({ ...source, secret }, body)).status).toBe(200)
    await transaction((tx) => revokeSource(tx, noor.id, source.id, now()))
    expect((await send({ ...source, secret }, body)).status).toBe(401)
    expect((await entriesOf(database, 'halt_source.revoked')).length).toBe(1)
  })

  it('is set up with scopes that are there, under a name of its own', async () => {
    const make = (name: string, may: string[]) => transaction((tx) => makeSource(tx, noor.id, { name, may }, now()))
    await expect(make('Odd', ['planet'])).rejects.toMatchObject({ code: 'invalid_request', field: 'may' })
    await expect(make('Odd', ['team:nobody'])).rejects.toMatchObject({ code: 'not_found', field: 'may' })
    await make('Same', ['organisation'])
    await expect(make('same', ['organisation'])).rejects.toMatchObject({ code: 'already_exists', field: 'name' })
  })
})

describe('a halt while something else is stuck', () => {
  it.each(['app', 'owner'] as const)(
    'waits for nobody’s lock on the agent’s row, held by the login %s',
    async (login) => {
      const [{ token }, agent] = [await tokenOf(), await sampleAgent(pools.superuser)]
      const holder = await pools[login].connect()
      await holder.query('BEGIN')
      await holder.query('SELECT 1 FROM agent WHERE id = $1 FOR UPDATE', [agent.agentId])
      const answer = await ask('POST', HALTS, token, { scope: 'agent', agent: agent.slug })
      expect(answer).toMatchObject({ status: 200, body: { recorded: true } })
      const { rows } = await pools.superuser.query<{ dead: boolean }>('SELECT revoked_epoch = epoch AS dead FROM gate')
      expect(rows[0]?.dead).toBe(true)
      await holder.query('ROLLBACK')
      holder.release()
    },
  )

  it('ends what keeps the gate’s row', async () => {
    const [{ token }, agent] = [await tokenOf(), await sampleAgent(pools.superuser)]
    // the sequencer's login holds an agent's row; another of the app waits for it with the lock K: the halt ends the root of it
    const holder = await pools.app.connect()
    holder.on('error', () => undefined)
    await holder.query('BEGIN')
    await holder.query('SELECT pg_advisory_xact_lock_shared(gate_key())')
    const answer = await ask('POST', HALTS, token, { scope: 'agent', agent: agent.slug })
    expect(answer.status).toBe(200)
    await expect(holder.query('COMMIT')).rejects.toThrow()
    holder.release(true)
  })

  it('holds without its entry when the ledger cannot be written, and is recorded once it can', async () => {
    const [{ token }, agent] = [await tokenOf(), await sampleAgent(pools.superuser)]
    const before = (await entryOf('halt.engaged')).length
    const holder = await pools.superuser.connect()
    await holder.query('BEGIN')
    await holder.query('LOCK TABLE ledger.pending IN ACCESS EXCLUSIVE MODE')
    const answer = await ask('POST', HALTS, token, { scope: 'agent', agent: agent.slug, reason: 'now' })
    expect(answer).toMatchObject({ status: 200, body: { already: false, recorded: false } })
    expect(await rowsOf(agent.agentId)).toMatchObject([{ recorded: false, engaged_by: dana.id }])
    await holder.query('ROLLBACK')
    holder.release()
    expect(await recordBrokenGlass(now())).toBe(1)
    expect(await entryOf('halt.engaged')).toHaveLength(before + 1)
    expect((await entryOf('halt.engaged')).at(-1)).toMatchObject({
      actor: `person:${dana.id}`,
      agent: agent.agentId,
      labels: ['agent', 'recorded_late'],
    })
    expect(await rowsOf(agent.agentId)).toMatchObject([{ recorded: true }])
  })
})
