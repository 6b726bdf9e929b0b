import { letPointAsk } from '@/lib/agents/let-point-ask'
import { makePoint } from '@/lib/agents/make-point'
import { agentBySlug } from '@/lib/agents/store'
import type { Boundary } from '@/lib/boundary/boundary'
import { transaction } from '@/lib/db/client'
import type { TestDatabase } from '@/lib/db/testing'
import { type Governed, governed, sampleTool } from '@/lib/decisions/governed-testing'
import { boundaryOf } from '@/lib/decisions/testing'
import { testGateway } from '@/lib/gateway/gateway-testing'
import { testPerson } from '@/lib/people/testing'
import { ALICE as ALICE_TEXT, BOB as BOB_TEXT, catalogue } from '@/prisma/scenarios/certification/organisation'

// The fixture of the certification scenario of AuthZEN 1.0 (OpenID, 2026): the organisation of prisma/scenarios/certification. Not for the product.

export const rule = (tool: string, when: string | null, override?: string) => ({
  tool,
  when,
  reason: null,
  override: override ?? null,
})
export const BOB: Partial<Boundary> = boundaryOf(BOB_TEXT)
const ALICE: Partial<Boundary> = boundaryOf(ALICE_TEXT)

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
  for (const { tool, class: known } of catalogue)
    await sampleTool(pools.superuser, tool, known.access, 'reversible' in known ? known.reversible : null)
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
