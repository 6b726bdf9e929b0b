import type { AddressInfo } from 'node:net'
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { acceptedContent, inputRequired } from '@modelcontextprotocol/server'
import { z } from 'zod'
import { afterAll, describe, expect, it } from 'vitest'
import { db, transaction } from '@/lib/db/client'
import { testDatabase } from '@/lib/db/testing'
import { answerAction } from '@/lib/decisions/answer'
import { editAction } from '@/lib/decisions/edit'
import { governed, type Governed } from '@/lib/decisions/governed-testing'
import { payloadOf } from '@/lib/decisions/read-own'
import { findAction } from '@/lib/decisions/store-actions'
import { testGateway } from '@/lib/gateway/gateway-testing'
import { rounds, verifying } from '@/lib/gateway/conformance-rounds-testing'
import { mcpServer } from '@/lib/gateway/mcp-testing'
import { entriesOf, testPerson } from '@/lib/people/testing'
import { confirmTool } from '@/lib/tools/confirm'
import { listTools } from '@/lib/tools/read'
import { proposeUpstream } from '@/lib/upstreams/propose'

const database = await testDatabase()
const { app, defects, tokenOf } = await testGateway(database, { mcp: { holdMs: 110_000, stepMs: 100 } })
const superuser = database.pools.superuser
const [petra, dana] = [await testPerson(['administrator']), await testPerson(['analyst'])]
await app.listen({ host: '127.0.0.1', port: 0 })
const origin = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`
afterAll(() => {
  expect(defects).toEqual([])
})

const ran: string[] = []
const amount = z.object({ amount: z.number() })
const shop = await mcpServer((server) => {
  server.registerTool(
    'refund',
    { description: 'Gives money back.', inputSchema: z.object({ order: z.string() }) },
    async ({ order }, { mcpReq }) => {
      const given = acceptedContent(mcpReq.inputResponses, 'how_much', amount)
      ran.push(`refund ${order} ${given === undefined ? 'asks' : String(given.amount)}`)
      if (given !== undefined) return { content: [{ type: 'text', text: `refunded ${String(given.amount)}` }] }
      const how = inputRequired.elicit({ message: `How much for ${order}?`, requestedSchema: amount })
      return inputRequired({ inputRequests: { how_much: how }, requestState: await rounds.mint({ step: 1 }) })
    },
  )
  server.registerTool(
    'survey',
    { description: 'Asks twice.', annotations: { readOnlyHint: true } },
    async ({ mcpReq }) => {
      const step = mcpReq.requestState<{ step: number }>()?.step ?? 0
      ran.push(`survey ${String(step)}`)
      if (step === 2) return { content: [{ type: 'text', text: 'thank you' }] }
      const asked = inputRequired.elicit({ message: `Question ${String(step)}?`, requestedSchema: amount })
      return inputRequired({ inputRequests: { q: asked }, requestState: await rounds.mint({ step: step + 1 }) })
    },
  )
}, verifying)
const stated = {
  name: 'shop',
  transport: 'http',
  address: shop.url,
  header: null,
  secret: null,
  private: true,
} as const
await proposeUpstream(
  db(),
  petra,
  { ...stated, ownerId: dana.id, reach: 'Orders.', production: false, trusted: false },
  new Date(),
)

const agentOf = (over: Parameters<typeof governed>[1] = {}): Promise<Governed> =>
  governed(superuser, {
    mcp_scopes: { shop: ['read'] },
    approval_required: [{ tool: 'refund', when: null, reason: null }],
    never: [],
    ...over,
  })

/** The official client, which answers what it is asked by itself, and retries. */
async function clientOf(agent: Governed, answer: () => number): Promise<Client> {
  const client = new Client(
    { name: 'a test', version: '1' },
    { versionNegotiation: { mode: 'auto' }, capabilities: { elicitation: { form: {} } } },
  )
  client.setRequestHandler('elicitation/create', () => ({ action: 'accept', content: { amount: answer() } }))
  const requestInit = { headers: { authorization: `Bearer ${await tokenOf(agent)}` } }
  await client.connect(new StreamableHTTPClientTransport(new URL(`${origin}/mcp/shop`), { requestInit }))
  return client
}
const PATIENT = { timeout: 110_000 }
const textOf = (result: unknown) => (result as { content: { text: string }[] }).content[0]?.text ?? ''

type Waiting = { id: string; digest: Buffer; action: string }
/** The request of an agent that waits for a person, once there is one; `but` for one it had before. */
async function waiting(agent: Governed, but?: string): Promise<Waiting> {
  for (;;) {
    const { rows } = await superuser.query<Waiting>(
      `SELECT id::text AS id, digest, subject_id::text AS action FROM approval WHERE status = 'pending' AND agent_id = $1`,
      [agent.agentId],
    )
    const [row] = rows.filter(({ id }) => id !== but)
    if (row !== undefined) return row
    await new Promise((done) => setTimeout(done, 20))
  }
}
const approve = ({ id, digest }: Waiting) =>
  transaction((tx) =>
    answerAction(tx, {
      ...{ approvalId: id, actor: dana, answer: 'approve', reason: 'It is right.', digest, now: new Date() },
    }),
  )
const askedOf = async ({ action }: Waiting) => {
  const row = await findAction(database.pools.app, action)
  return row && (await payloadOf(database.pools.app, row))?.arguments
}
const entries = async (agent: Governed, kind: Parameters<typeof entriesOf>[1]) =>
  (await entriesOf(database, kind)).filter((entry) => entry.agent === agent.agentId)

// an agent's first list brings the tools into the catalogue, and somebody says what they do
const first = await clientOf(await agentOf(), () => 0)
await first.listTools()
await first.close()
for (const { id, name, digest } of (await listTools(db())).filter(({ server }) => server === 'shop'))
  await confirmTool(db(), dana, id, {
    class: name === 'refund' ? { access: 'write', reversible: false } : { access: 'read' },
    surface: null,
    digest: digest.toString('hex'),
  })

describe('a call within which the server asks back', { timeout: 120_000 }, () => {
  it('is decided anew with its answers: an approver sees what was asked and what is answered, and approving the first round approves no other', async () => {
    const agent = await agentOf()
    const client = await clientOf(agent, () => 25)
    const called = client.callTool({ name: 'refund', arguments: { order: 'o-1' } }, PATIENT)
    const one = await waiting(agent)
    expect(await askedOf(one)).toEqual({ order: 'o-1' })
    await approve(one)
    const two = await waiting(agent, one.id)
    expect(two.id).not.toBe(one.id)
    expect(ran.filter((said) => said.startsWith('refund o-1'))).toEqual(['refund o-1 asks'])
    expect(await askedOf(two)).toMatchObject({
      order: 'o-1',
      mcp_continuation: {
        continues: `act_${one.action.replaceAll('-', '')}`,
        asked: { how_much: { method: 'elicitation/create', params: { message: 'How much for o-1?' } } },
        answers: { how_much: { action: 'accept', content: { amount: 25 } } },
      },
    })
    await approve(two)
    expect(textOf(await called)).toBe('refunded 25')
    expect(ran.filter((said) => said.startsWith('refund o-1'))).toEqual(['refund o-1 asks', 'refund o-1 25'])
    // what each round was, and which it went on with
    expect(await entries(agent, 'action.asked_back')).toMatchObject([{ action: one.action, labels: ['elicitation'] }])
    expect(await entries(agent, 'action.continued')).toMatchObject([
      { action: two.action, about: { entry: one.action } },
    ])
    expect(await entries(agent, 'action.completed')).toHaveLength(2)
    await client.close()
  })

  it('goes on for as many rounds as the server asks, each an action of its own in one run, which what it read taints', async () => {
    const agent = await agentOf()
    const client = await clientOf(agent, () => 1)
    expect(textOf(await client.callTool({ name: 'survey' }, PATIENT))).toBe('thank you')
    expect(ran.filter((said) => said.startsWith('survey'))).toEqual(['survey 0', 'survey 1', 'survey 2'])
    const decided = await entries(agent, 'action.decided')
    expect(decided.map(({ outcome }) => outcome)).toEqual(['allow', 'allow', 'allow'])
    expect(new Set(decided.map(({ run }) => run)).size).toBe(1)
    const { rows } = await superuser.query('SELECT 1 FROM run WHERE agent_id = $1 AND tainted_at IS NOT NULL', [
      agent.agentId,
    ])
    expect(rows).toHaveLength(1)
    await client.close()
  })

  it('is bound by conditions over its answers', async () => {
    const when = 'has(args.mcp_continuation) && args.mcp_continuation.answers.q.content.amount > 10.0'
    const agent = await agentOf({ never: [{ tool: 'survey', when, reason: null }] })
    const within = await clientOf(agent, () => 10)
    expect(textOf(await within.callTool({ name: 'survey' }, PATIENT))).toBe('thank you')
    await within.close()
    const before = ran.length
    const over = await clientOf(agent, () => 11)
    expect(await over.callTool({ name: 'survey' }, PATIENT)).toMatchObject({ isError: true })
    // the first round was let through, and its answer was not
    expect(ran.slice(before)).toEqual(['survey 0'])
    await over.close()
  })

  it('goes on with what a person edited its arguments to', async () => {
    const agent = await agentOf()
    const client = await clientOf(agent, () => 7)
    const called = client.callTool({ name: 'refund', arguments: { order: 'o-2' } }, PATIENT)
    const one = await waiting(agent)
    const text = JSON.stringify({ order: 'o-3' })
    const edit = { approvalId: one.id, actor: dana, digest: one.digest, text, now: new Date() }
    await editAction(database.pools.app, db(), edit)
    await approve(await waiting(agent))
    const two = await waiting(agent, one.id)
    expect(await askedOf(two)).toMatchObject({ order: 'o-3', mcp_continuation: { answers: { how_much: {} } } })
    await approve(two)
    expect(textOf(await called)).toBe('refunded 7')
    expect(ran.slice(-2)).toEqual(['refund o-3 asks', 'refund o-3 7'])
    await client.close()
  })
})
