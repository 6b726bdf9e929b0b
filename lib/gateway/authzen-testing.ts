import { letPointAsk } from '@/lib/agents/let-point-ask'
import { makePoint } from '@/lib/agents/make-point'
import { agentBySlug } from '@/lib/agents/store'
import type { Boundary } from '@/lib/boundary/boundary'
import { transaction } from '@/lib/db/client'
import type { TestDatabase } from '@/lib/db/testing'
import { type Governed, governed, sampleTool } from '@/lib/decisions/governed-testing'
import { testGateway } from '@/lib/gateway/gateway-testing'
import { testPerson } from '@/lib/people/testing'

// The fixture of the certification scenario of AuthZEN 1.0 (OpenID, 2026), in our words. Not for the product.

export const rule = (tool: string, when: string | null, override?: string) => ({
  tool,
  when,
  reason: null,
  override: override ?? null,
})
const ARCHIVED = 'has(resource.status) && resource.status == "archived"'
const ALICE: Partial<Boundary> = {
  mcp_scopes: { record: ['read'] },
  autonomous: [
    rule('record.write', `!(${ARCHIVED})`),
    rule('record.delete', 'args.soft == true', 'it can be restored'),
  ],
  approval_required: [rule('record.write', ARCHIVED)],
  never: [rule('record.delete', 'args.soft == false')],
}
export const BOB: Partial<Boundary> = {
  mcp_scopes: { record: ['read'] },
  autonomous: [rule('record.write', 'has(subject.role) && subject.role == "admin"')],
  approval_required: [],
  never: [],
}

export const user = (id: string, properties?: Record<string, unknown>) => ({
  type: 'user',
  id,
  ...(properties && { properties }),
})
export const record = (id: string, properties?: Record<string, unknown>) => ({
  type: 'record',
  id,
  ...(properties && { properties }),
})
export const act = (name: string, properties?: Record<string, unknown>) => ({
  name,
  ...(properties && { properties }),
})
export const evaluation = (subject: unknown, action: unknown, resource: unknown, context?: unknown) => ({
  subject,
  action,
  resource,
  ...(context !== undefined && { context }),
})
export const archived = record('record-2', { status: 'archived' })

/** An organisation with `alice` and `bob`, their tools, and a point that may ask for both. */
export async function fixture(database: TestDatabase) {
  const { pools } = database
  const gateway = await testGateway(database)
  await sampleTool(pools.superuser, 'record.read', 'read')
  await sampleTool(pools.superuser, 'record.write', 'write', true)
  await sampleTool(pools.superuser, 'record.delete', 'write', false)
  const named = async (slug: string, over: Partial<Boundary>): Promise<Governed> => {
    const agent = await governed(pools.superuser, over)
    await pools.superuser.query('UPDATE agent SET slug = $2 WHERE id = $1', [agent.agentId, slug])
    return agent
  }
  const alice = await named('alice', ALICE)
  await named('bob', BOB)
  const pointFor = async (name: string, ...slugs: string[]) => {
    const person = await testPerson(['analyst'])
    return transaction(async (tx) => {
      const made = await makePoint(tx, person, { name, days: 30 }, new Date())
      for (const slug of slugs) {
        const agent = await agentBySlug(tx, slug)
        if (agent === null) throw new Error('no agent')
        await letPointAsk(tx, person, made.id, agent, new Date())
      }
      return made
    })
  }
  const point = await pointFor('Edge gateway', 'alice', 'bob')
  const ask = (path: string, body: unknown, token: string | null = point.token, headers: Record<string, string> = {}) =>
    gateway.ask('POST', `/access/v1/${path}`, token, body, headers)
  return { gateway, alice, named, pointFor, point, ask }
}
