import { CountersignClient, type Proposal } from '../../clients/sdk/client'
import { govern } from '../../prisma/scenarios/govern'
import { personOf, world } from './world'

/** What the agents of the journeys may do: read and write tickets alone, refund when a person agrees, export never. */
export const boundaryOf = (slug: string): string => `agent: ${slug}
purpose: Answers tickets, and asks before money moves
mcp_scopes:
  tickets: [read, write]
  crm:     [read]
approval_required:
  - crm.refund_request
never:
  - crm.export_contacts
audit: all_tool_calls
kill_switch: org-wide, tested monthly
`

/** The program of an agent of this journey's own: Priya Lindholm registered it, Ilse Tamm signed its boundary. */
export async function governedAgent(slug: string, boundary = boundaryOf(slug)): Promise<CountersignClient> {
  const agent = {
    slug,
    purpose: 'Answers tickets, and asks before money moves.',
    team: 'Security operations',
    environment: 'production',
    boundary,
    data: { provider: 'Model host A', region: 'Frankfurt', retention: '0 days', agreement: 'DPA of 10 March 2026' },
  }
  const { clientId, clientSecret } = await govern(world().url, agent, personOf('priya'), personOf('ilse'))
  return new CountersignClient({ server: world().url, clientId, clientSecret })
}

/** What it does alone. */
export const readTicket = (ticket: string): Proposal => ({
  tool: 'tickets.read',
  arguments: { ticket },
  resource: { type: 'ticket', id: ticket },
})

/** What it asks a person for. */
export const refund = (order: string, amount = 120): Proposal => ({
  tool: 'crm.refund_request',
  arguments: { order, amount, currency: 'EUR' },
  resource: { type: 'order', id: order },
  reasoning: { summary: `The policy behind ${order} ended before the premium was collected.`, confidence: 0.9 },
})

/** What it must never do. */
export const exportContacts: Proposal = { tool: 'crm.export_contacts', arguments: { list: 'policyholders' } }
