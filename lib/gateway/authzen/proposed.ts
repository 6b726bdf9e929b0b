import { canonicalBytes } from '@/lib/core/canonical'
import type { JsonObject } from '@/lib/core/json'
import { proposal, type Proposed } from '@/lib/decisions/contract'
import type { EvaluationInput } from './contract'

/** COAZ-MCP's default mapping of an MCP tool call: this action on a resource of this type, whose id is the tool. */
export const TOOL_CALL = { action: 'tools/call', type: 'tool' } as const

/**
 * The proposal an evaluation asks about (DESIGN §6): `tools/call` on a `tool` is that tool call; any other action is the tool
 * `{resource.type}.{action.name}`. Properties of the action are its arguments; those of subject and resource are told beside it, for
 * conditions, where whoever asks vouches for them. Null where no tool can have such a name: nothing allows that.
 */
export function proposedOf({ subject, action, resource }: EvaluationInput, vouched: boolean): Proposed | null {
  const call = action.name === TOOL_CALL.action && resource.type === TOOL_CALL.type
  const read = proposal.safeParse({
    tool: call ? resource.id : `${resource.type}.${action.name}`,
    arguments: action.properties ?? {},
    resource: { type: resource.type, id: resource.id },
  })
  if (!read.success) return null
  const said = (properties: Record<string, unknown> | undefined) => (properties ?? {}) as JsonObject // what the strict parser made
  return {
    ...read.data,
    attributes: {
      subject: { type: subject.type, id: subject.id, properties: vouched ? said(subject.properties) : {} },
      resource: vouched ? said(resource.properties) : {},
    },
  }
}

/** Whether two evaluations are of the same, member by member (Access Request and Approval Profile, structural comparison); the context binds nothing. */
export function sameAsked(
  one: Pick<Proposed, 'tool' | 'arguments' | 'resource' | 'attributes'>,
  other: typeof one,
): boolean {
  const bytes = ({ tool, arguments: args, resource, attributes }: typeof one) =>
    canonicalBytes({ tool, args, resource: resource ?? null, attributes: attributes ?? null })
  return bytes(one).equals(bytes(other))
}
