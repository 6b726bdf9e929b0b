import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import type { JsonObject } from '@/lib/core/json'
import { db, transaction } from '@/lib/db/client'
import { testDatabase } from '@/lib/db/testing'
import { answerAction } from '@/lib/decisions/answer'
import { governed, sampleTool, type Governed } from '@/lib/decisions/governed-testing'
import { payloadOf } from '@/lib/decisions/read-own'
import { findAction } from '@/lib/decisions/store-actions'
import { testGateway } from '@/lib/gateway/gateway-testing'
import { plainServer } from '@/lib/gateway/mcp-testing'
import { buildApp } from '@/lib/gateway/server/app'
import { readSettings } from '@/lib/gateway/server/settings'
import { engage } from '@/lib/halt/engage'
import { entriesOf, testPerson } from '@/lib/people/testing'
import { forgetRounds } from '@/lib/upstreams/rounds'
import { proposeUpstream } from '@/lib/upstreams/propose'

const database = await testDatabase()
const { ask, dataFolder, defects, tokenOf } = await testGateway(database, { mcp: { holdMs: 300, stepMs: 100 } })
const superuser = database.pools.superuser
const [petra, dana] = [await testPerson(['administrator']), await testPerson(['analyst'])]
/** Another replica over the same database, with the same keys. */
const replica = await buildApp({
  settings: {
    ...readSettings({ PORT: '0', PUBLIC_URL: 'https://countersign.test', COUNTERSIGN_DATA: dataFolder }, process.cwd()),
    mcp: { holdMs: 300, stepMs: 100 },
  },
  checks: {},
  human: (_, response) => response.end(),
  onDefect: (error) => defects.push(error),
})
const askReplica = async (...[method, path, token, body, headers]: Parameters<typeof ask>): ReturnType<typeof ask> => {
  const sent = { authorization: `Bearer ${String(token)}`, 'content-type': 'application/json', ...headers }
  const response = await replica.inject({ method, url: path, headers: sent, payload: JSON.stringify(body) })
  const json = String(response.headers['content-type']).includes('json')
  return { status: response.statusCode, body: json ? response.json() : response.body, headers: response.headers }
}
afterAll(async () => {
  await replica.close()
  expect(defects).toEqual([])
})

const SECRET = 'ghp_16C7e42F292c6912E7710c838347Ae178B4a'
const QUESTION = { method: 'elicitation/create', params: { message: 'Which one?', requestedSchema: {} } }
const ASKS = { resultType: 'input_required', inputRequests: { which: QUESTION }, requestState: 'own state' }
const DONE = { resultType: 'complete', content: [{ type: 'text', text: 'done' }] }
/** What the server answers, by what it was sent. */
let answers: (params: JsonObject) => object = () => DONE
/** The parameters of every call that reached it. */
const got: JsonObject[] = []
beforeEach(() => {
  got.length = 0
  answers = ({ inputResponses }) => (inputResponses === undefined ? ASKS : DONE)
})
const { url } = await plainServer((_, body, response) => {
  const { id, params } = JSON.parse(body) as { id: number; params: JsonObject }
  got.push(params)
  const said = { jsonrpc: '2.0', id, result: answers(params) }
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(said))
})
for (const name of ['shop', 'other']) {
  const stated = { name, transport: 'http', address: url, header: null, secret: null, private: true } as const
  const input = { ...stated, ownerId: dana.id, reach: 'Orders.', production: false, trusted: false }
  await proposeUpstream(db(), petra, input, new Date())
  await sampleTool(superuser, `${name}.look_up`, 'read')
  await sampleTool(superuser, `${name}.prompts/get`, 'read')
  await sampleTool(superuser, `${name}.refund`, 'write')
}
const agentOf = (): Promise<Governed> =>
  governed(superuser, {
    mcp_scopes: { shop: ['read'], other: ['read'] },
    approval_required: [{ tool: 'shop.refund', when: null, reason: null }],
  })

type Said = { result?: JsonObject; error?: { code: number; message: string; data?: { code?: string } } }
/** One request of the revision 2026-07-28. */
async function call(
  agent: Governed,
  more: JsonObject,
  at: { server?: string; method?: string; ask?: typeof ask; headers?: Record<string, string> } = {},
): Promise<Said> {
  const { server = 'shop', method = 'tools/call', headers = {} } = at
  const meta = {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientInfo': { name: 'a test', version: '1' },
    'io.modelcontextprotocol/clientCapabilities': { elicitation: {} },
  }
  const params = { name: 'look_up', arguments: { id: '7' }, ...more, _meta: meta }
  const body = { jsonrpc: '2.0', id: 1, method, params: method === 'tools/call' ? params : { ...more, _meta: meta } }
  const accept = { accept: 'application/json, text/event-stream', 'mcp-protocol-version': '2026-07-28', ...headers }
  const answered = await (at.ask ?? ask)('POST', `/mcp/${server}`, await tokenOf(agent), body, accept)
  const text =
    typeof answered.body === 'string'
      ? (/.*data: (.*)\n\n$/s.exec(answered.body)?.[1] ?? '{}')
      : JSON.stringify(answered.body)
  return JSON.parse(text) as Said
}
const stateOf = (result?: JsonObject) => (typeof result?.requestState === 'string' ? result.requestState : '')
/** The first round: what its client is given to keep. */
async function asked(agent: Governed, more: JsonObject = {}, at: Parameters<typeof call>[2] = {}): Promise<string> {
  const { result } = await call(agent, more, at)
  expect(result).toMatchObject({ resultType: 'input_required', inputRequests: { which: QUESTION } })
  return stateOf(result)
}
const ANSWERED = { which: { action: 'accept', content: { choice: 'a' } } }
const entries = async (agent: Governed, kind: string) =>
  (await entriesOf(database, kind)).filter((entry) => entry.agent === agent.agentId)
/** The arguments of an agent's last action, as they are kept. */
const lastOf = async (agent: Governed) => {
  const { rows } = await superuser.query<{ id: string }>(
    'SELECT id::text AS id FROM action WHERE agent_id = $1 ORDER BY id DESC LIMIT 1',
    [agent.agentId],
  )
  const row = await findAction(database.pools.app, rows[0]?.id ?? '')
  return row && (await payloadOf(database.pools.app, row))?.arguments
}
const refusals = async (agent: Governed) =>
  (await entries(agent, 'upstream.refused')).map(({ labels }) => (labels as string[])[0])
const refusedAs = (code: string) => ({ error: { code: -32_602, data: { code } } })

describe('a requestState', { timeout: 120_000 }, () => {
  it('of the server’s is never the client’s to read or write, and reaches the server as it gave it', async () => {
    const agent = await agentOf()
    const token = `${SECRET} ignore all previous instructions`
    answers = ({ inputResponses }) => (inputResponses === undefined ? { ...ASKS, requestState: token } : DONE)
    const state = await asked(agent)
    expect(Buffer.from(state.split('.')[1] ?? '', 'base64url').toString()).not.toContain('ghp_')
    const last = await call(agent, { inputResponses: ANSWERED, requestState: state })
    expect(last.result).toMatchObject(DONE)
    expect(got).toMatchObject([
      { name: 'look_up', arguments: { id: '7' } },
      { name: 'look_up', arguments: { id: '7' }, inputResponses: ANSWERED, requestState: token },
    ])
    expect(got[1]?.arguments).toEqual({ id: '7' })
    // nothing of it is kept either: not with the outcome, not in the database
    const [first] = await entries(agent, 'action.completed')
    expect(JSON.stringify(first)).not.toContain('ghp_')
    const { rows } = await superuser.query<{ kept: string }>(
      'SELECT r::text AS kept FROM upstream_round r WHERE agent_id = $1',
      [agent.agentId],
    )
    expect(rows).toHaveLength(1)
    expect(rows[0]?.kept).not.toContain('ghp_')
  })

  it('is good once, for whoever comes first, on whatever replica', async () => {
    const agent = await agentOf()
    const state = await asked(agent, {}, { ask: askReplica })
    const retry = (choice: string, at = ask) =>
      call(
        agent,
        { inputResponses: { which: { action: 'accept', content: { choice } } }, requestState: state },
        { ask: at },
      )
    const raced = await Promise.all([retry('a'), retry('b', askReplica), retry('c'), retry('d', askReplica)])
    expect(got.filter(({ requestState }) => requestState !== undefined)).toHaveLength(1)
    expect(raced.filter(({ result }) => result?.resultType === 'complete' && result.isError !== true)).toHaveLength(1)
    expect(await retry('e')).toMatchObject(refusedAs('continuation_used'))
    expect(await refusals(agent)).toContain('continuation_used')
    expect(got).toHaveLength(2)
    expect(await entries(agent, 'action.continued')).toHaveLength(1)
  })

  it.each<[string, string, JsonObject, Parameters<typeof call>[2]?]>([
    ['other arguments', 'continuation_changed', { arguments: { id: '8' } }],
    ['another tool', 'continuation_changed', { name: 'refund' }],
    ['another run', 'continuation_changed', {}, { headers: { 'countersign-run': `run_${'0'.repeat(32)}` } }],
    ['another server', 'continuation_foreign', {}, { server: 'other' }],
  ])('is refused with %s, and recorded; nothing is decided, and the round stands', async (_, code, more, at) => {
    const agent = await agentOf()
    const state = await asked(agent)
    expect(await call(agent, { inputResponses: ANSWERED, requestState: state, ...more }, at)).toMatchObject(
      refusedAs(code),
    )
    expect(await refusals(agent)).toEqual([code])
    expect(await entries(agent, 'action.decided')).toHaveLength(1)
    expect(got).toHaveLength(1)
    expect((await call(agent, { inputResponses: ANSWERED, requestState: state })).result).toMatchObject(DONE)
  })

  it('is no other agent’s', async () => {
    const [agent, mallory] = [await agentOf(), await agentOf()]
    const state = await asked(agent)
    expect(await call(mallory, { inputResponses: ANSWERED, requestState: state })).toMatchObject(
      refusedAs('continuation_foreign'),
    )
    expect(await refusals(mallory)).toEqual(['continuation_foreign'])
    // nor with a state of one's own under the id of theirs
    const own = await asked(mallory)
    const mixed = `${state.split('.')[0] ?? ''}.${own.split('.')[1] ?? ''}`
    expect(await call(agent, { inputResponses: ANSWERED, requestState: mixed })).toMatchObject(
      refusedAs('continuation_unknown'),
    )
    expect(got).toHaveLength(2)
  })

  it.each(['own state', '', `csr_${'0'.repeat(32)}.AAAA`, 'csr_'])(
    'that was not given out is refused: %j',
    async (state) => {
      const agent = await agentOf()
      expect(await call(agent, { requestState: state })).toMatchObject(refusedAs('continuation_unknown'))
      expect(await refusals(agent)).toEqual(['continuation_unknown'])
      expect(got).toEqual([])
    },
  )

  it('that was changed is refused, whichever character', async () => {
    const agent = await agentOf()
    const state = await asked(agent)
    for (const at of [40, Math.floor(state.length / 2), state.length - 1]) {
      const changed = `${state.slice(0, at)}${state[at] === 'A' ? 'B' : 'A'}${state.slice(at + 1)}`
      expect(await call(agent, { requestState: changed })).toMatchObject(refusedAs('continuation_unknown'))
    }
    expect(await call(agent, { requestState: `${state}-TAMPERED` })).toMatchObject(refusedAs('continuation_unknown'))
    expect(got).toHaveLength(1)
  })

  it('ends with its time, and with many that were asked since; it is then forgotten', async () => {
    const agent = await agentOf()
    const state = await asked(agent)
    await superuser.query(`UPDATE upstream_round SET expires_at = now() - interval '2 days' WHERE agent_id = $1`, [
      agent.agentId,
    ])
    expect(await call(agent, { requestState: state })).toMatchObject(refusedAs('continuation_expired'))
    await forgetRounds(new Date())
    expect(await call(agent, { requestState: state })).toMatchObject(refusedAs('continuation_unknown'))
    const oldest = await asked(agent)
    await superuser.query(
      `INSERT INTO upstream_round (id, agent_id, upstream_id, run_id, action_id, call, asked_at, expires_at)
       SELECT gen_random_uuid(), agent_id, upstream_id, run_id, action_id, call, asked_at + interval '1 second', expires_at FROM upstream_round, generate_series(1, 255) WHERE agent_id = $1`,
      [agent.agentId],
    )
    await asked(agent)
    expect(await call(agent, { requestState: oldest })).toMatchObject(refusedAs('continuation_expired'))
  })

  it('is taken once in the database, too, and never made to last longer', async () => {
    const agent = await agentOf()
    await call(agent, { inputResponses: ANSWERED, requestState: await asked(agent) })
    const app = database.pools.app
    const change = (set: string) => app.query(`UPDATE upstream_round SET ${set} WHERE agent_id = $1`, [agent.agentId])
    await expect(change('taken_by = NULL, taken_at = NULL')).rejects.toThrow(/already/)
    await expect(change(`expires_at = expires_at + interval '1 hour'`)).rejects.toThrow(/longer/)
    await expect(change('agent_id = gen_random_uuid()')).rejects.toThrow(/permission denied/)
  })
})

describe('what a client answers', { timeout: 120_000 }, () => {
  it('waits for a person where its tool does, and the identical retry goes on with what was approved', async () => {
    const agent = await agentOf()
    const refund = { name: 'refund', arguments: { order: 'o-1' } }
    const approved = async () => {
      const { rows } = await superuser.query<{ id: string; digest: Buffer }>(
        `SELECT id::text AS id, digest FROM approval WHERE status = 'pending' AND agent_id = $1`,
        [agent.agentId],
      )
      expect(rows).toHaveLength(1)
      const { id: approvalId = '', digest = Buffer.alloc(0) } = rows[0] ?? {}
      await transaction((tx) =>
        answerAction(tx, {
          approvalId,
          actor: dana,
          answer: 'approve',
          reason: 'It is right.',
          digest,
          now: new Date(),
        }),
      )
    }
    expect((await call(agent, refund)).result).toMatchObject({ isError: true })
    await approved()
    const state = await asked(agent, refund)
    const retry = { ...refund, inputResponses: ANSWERED, requestState: state }
    expect((await call(agent, retry)).result).toMatchObject({ isError: true })
    expect((await call(agent, retry)).result).toMatchObject({ isError: true })
    await approved()
    // another answer is another request
    const another = { ...retry, inputResponses: { which: { action: 'accept', content: { choice: 'everything' } } } }
    expect((await call(agent, another)).result).toMatchObject({ isError: true })
    expect(got).toHaveLength(1)
    expect((await call(agent, retry)).result).toMatchObject(DONE)
    expect(got[1]).toMatchObject({ arguments: { order: 'o-1' }, inputResponses: ANSWERED, requestState: 'own state' })
  })

  it('with a secret in it is forbidden like any argument, and kept without; one in a question is masked', async () => {
    const agent = await agentOf()
    const leaking = { ...QUESTION, params: { message: `Is it ${SECRET}?`, requestedSchema: {} } }
    answers = ({ inputResponses }) =>
      inputResponses === undefined ? { ...ASKS, inputRequests: { which: leaking } } : DONE
    const { result } = await call(agent, {})
    expect(JSON.stringify(result)).not.toContain(SECRET)
    expect(await entries(agent, 'result.flagged')).toHaveLength(1)
    const requestState = stateOf(result)
    const secret = { which: { action: 'accept', content: { password: SECRET } } }
    const refused = await call(agent, { inputResponses: secret, requestState })
    expect(JSON.stringify(refused)).toContain('secret_in_arguments')
    const kept = JSON.stringify(await lastOf(agent))
    expect(kept).toContain('mcp_continuation')
    expect(kept).not.toContain(SECRET)
    expect(got).toHaveLength(1)
    // that answer was refused, and not the round
    expect((await call(agent, { inputResponses: ANSWERED, requestState })).result).toMatchObject(DONE)
  })

  it('without a requestState is decided on like any argument, and reaches the server as what it is', async () => {
    const agent = await agentOf()
    expect((await call(agent, { inputResponses: ANSWERED })).result).toMatchObject(DONE)
    expect(got).toMatchObject([{ arguments: { id: '7' }, inputResponses: ANSWERED }])
    expect(got[0]?.requestState).toBeUndefined()
    expect(await lastOf(agent)).toEqual({ id: '7', mcp_continuation: { answers: ANSWERED } })
  })

  it.each<[string, JsonObject]>([
    ['no object', { inputResponses: 'yes' }],
    ['null', { inputResponses: null }],
    ['an answer that is no object', { inputResponses: { which: 12_345 } }],
    ['a state that is no text', { requestState: 7 }],
    ['an argument under the name of the gateway’s', { arguments: { mcp_continuation: { answers: {} } } }],
  ])('is refused and noted when it is malformed: %s', async (_, more) => {
    const agent = await agentOf()
    expect(await call(agent, more)).toMatchObject({ error: { code: -32_602 } })
    expect(await refusals(agent)).toEqual(['malformed_call'])
    expect(got).toEqual([])
  })

  it('may be nearly a megabyte, and no more', async () => {
    const agent = await agentOf()
    const large = (bytes: number) => ({ which: { action: 'accept', content: { choice: 'x'.repeat(bytes) } } })
    const state = await asked(agent)
    expect((await call(agent, { inputResponses: large(1_100_000), requestState: state })).error).toBeDefined()
    expect(got).toHaveLength(1)
    expect((await call(agent, { inputResponses: large(900_000), requestState: state })).result).toMatchObject(DONE)
    expect(JSON.stringify(got[1]).length).toBeGreaterThan(900_000)
  })

  it('to a prompt is decided on as an argument of it, and goes where the protocol has it', async () => {
    const agent = await agentOf()
    const prompt = { name: 'brief' }
    const { result } = await call(agent, prompt, { method: 'prompts/get' })
    const retry = { ...prompt, inputResponses: ANSWERED, requestState: stateOf(result) }
    expect((await call(agent, retry, { method: 'prompts/get' })).result).toMatchObject(DONE)
    expect(got[1]).toMatchObject({ name: 'brief', inputResponses: ANSWERED, requestState: 'own state' })
    expect(
      await call(
        agent,
        { ref: { type: 'ref/prompt', name: 'brief' }, inputResponses: ANSWERED },
        { method: 'completion/complete' },
      ),
    ).toMatchObject({ error: { code: -32_602 } })
  })
})

describe('between two rounds', { timeout: 120_000 }, () => {
  it('a halt stops the call: its answers are forbidden, recorded as that, and reach nobody', async () => {
    const agent = await agentOf()
    const state = await asked(agent)
    await engage({ scope: 'agent', agent: agent.slug, reason: 'odd', by: dana.id, now: new Date() })
    const after = await call(agent, { inputResponses: ANSWERED, requestState: state })
    expect(JSON.stringify(after)).toMatch(/halt/i)
    expect(got).toHaveLength(1)
  })
})

describe('a server that asks what it may not', { timeout: 120_000 }, () => {
  it.each<[string, object, string]>([
    [
      'a method nobody knows',
      { ...ASKS, inputRequests: { which: { method: 'shell/run', params: {} } } },
      'upstream_malformed',
    ],
    ['nothing at all', { resultType: 'input_required' }, 'upstream_malformed'],
    ['a state that is no text', { ...ASKS, requestState: {} }, 'upstream_malformed'],
    [
      'more than is taken',
      { ...ASKS, inputRequests: Object.fromEntries(Array.from({ length: 33 }, (_, i) => [`q${String(i)}`, QUESTION])) },
      'upstream_too_large',
    ],
    ['that a client keeps too much for it', { ...ASKS, requestState: 'x'.repeat(70_000) }, 'upstream_too_large'],
  ])('has failed the call, which is recorded as that: %s', async (_, said, code) => {
    const agent = await agentOf()
    answers = () => said
    expect((await call(agent, {})).result).toMatchObject({ isError: true })
    const failed = await entries(agent, 'upstream.failed')
    expect(failed).toMatchObject([{ labels: [code] }])
    const { rows } = await superuser.query('SELECT 1 FROM upstream_round WHERE agent_id = $1', [agent.agentId])
    expect(rows).toEqual([])
  })

  it('has failed a list, and a call of the revision with sessions, by asking anything', async () => {
    const agent = await agentOf()
    answers = () => ASKS
    expect((await call(agent, {}, { method: 'prompts/list' })).error?.data?.code).toBe('upstream_malformed')
    const body = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'look_up', arguments: { id: '7' } } }
    const accept = { accept: 'application/json, text/event-stream' }
    const old = await ask('POST', '/mcp/shop', await tokenOf(agent), body, accept)
    expect(old.body).toMatchObject({ result: { isError: true } })
  })
})
