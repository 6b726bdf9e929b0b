import type pg from 'pg'
import { BY_EXECUTOR } from '@/lib/agents/channel'
import { sha256 } from '@/lib/core/canonical'
import { newId, publicId } from '@/lib/core/ids'
import { aboutAction } from '@/lib/decisions/answer'
import type { GrantRefusal, IntrospectionInput, IntrospectionOutput } from '@/lib/decisions/contract'
import { actionDigest } from '@/lib/decisions/digest'
import { digested } from '@/lib/decisions/item'
import { payloadOf } from '@/lib/decisions/read-own'
import { recordRefusal } from '@/lib/decisions/refuse-grant'
import { consumeGrant } from '@/lib/decisions/store'
import { findAction, findByGrant, findByReplacedGrant, type ActionRow } from '@/lib/decisions/store-actions'
import { prepare } from '@/lib/ledger/prepare'
import { resolveTool } from '@/lib/tools/tool'

/**
 * An executor asks whether a grant stands for exactly what it is about to run, and consumes it by that (C19). What it sends is
 * digested with the salt, requester, run and boundary of the decision; a difference consumes nothing. A grant that stood and
 * did not match, or stands no more, or gave place to another, is a refusal and is recorded; one nobody ever gave is only an answer.
 * @param asker the agent whose token asks: where that is not the action's own, an executor apart from it holds the tool, and the entry says so
 */
export async function introspect(
  connections: pg.Pool,
  asked: IntrospectionInput,
  asker: string | null = null,
): Promise<IntrospectionOutput> {
  const hash = sha256(asked.token)
  const action = await findByGrant(connections, hash)
  if (action === null) {
    const before = await findByReplacedGrant(connections, hash)
    return before === null ? { active: false, reason: 'unknown' } : refuse(before, 'replaced')
  }
  return consume(connections, action, hash, asked, asker)
}

/**
 * Consumes the grant of an action whose grant never left the server: a hook let its call through, and whoever executes that very call names it
 * (ADR 0053). Everything `introspect` looks at is looked at; that it is this agent's is, too.
 */
export async function introspectCall(
  connections: pg.Pool,
  agentId: string,
  actionId: string,
  asked: Omit<IntrospectionInput, 'token'>,
): Promise<IntrospectionOutput> {
  const action = await findAction(connections, actionId)
  if (action === null || action.agent_id !== agentId || action.grant_hash === null)
    return { active: false, reason: 'unknown' }
  return consume(connections, action, Buffer.from(action.grant_hash), asked, null)
}

async function consume(
  connections: pg.Pool,
  action: ActionRow,
  hash: Buffer,
  asked: Omit<IntrospectionInput, 'token'>,
  asker: string | null,
): Promise<IntrospectionOutput> {
  if (!(await matches(connections, action, asked))) return refuse(action, 'mismatch')
  const entry = prepare(
    newId(),
    {
      kind: 'action.claimed',
      actor: 'agent',
      ...aboutAction(action),
      ...(asker !== null && asker !== action.agent_id && { labels: [BY_EXECUTOR] }),
    },
    null,
    // no payload, so no randomness is drawn
    { nonce: Buffer.alloc(0), iv: Buffer.alloc(0) },
  )
  const answer = await consumeGrant(connections, action.id, hash, entry)
  // given anew between the two: this one gave place to the other
  if (answer !== 'consumed') return refuse(action, answer === 'unknown' ? 'replaced' : answer)
  return {
    active: true,
    action: publicId('action', action.id),
    agent: publicId('agent', action.agent_id),
    digest: `sha256:${Buffer.from(action.digest).toString('hex')}`,
    expires_at: (action.grant_expires_at ?? new Date(0)).toISOString(),
  }
}

async function matches(
  connections: pg.Pool,
  action: ActionRow,
  asked: Omit<IntrospectionInput, 'token'>,
): Promise<boolean> {
  const tool = resolveTool(asked.tool)
  const payload = await payloadOf(connections, action)
  if (tool === null || payload === null) return false
  if (asked.agent !== action.slug && asked.agent !== publicId('agent', action.agent_id)) return false
  const { salt, requester } = payload
  const whole = digested(
    action.agent_id,
    tool.name,
    action.run_id,
    {
      tool: tool.name,
      arguments: asked.arguments,
      resource: asked.resource,
      on_behalf_of: requester ? { type: requester.type, id: requester.id } : undefined,
      // the executor was told of none: what was decided with some is that action all the same
      attributes: payload.attributes,
    },
    action.boundary_digest,
  )
  return actionDigest(whole, salt).equals(action.digest)
}

async function refuse(action: ActionRow, reason: Exclude<GrantRefusal, 'unknown'>): Promise<IntrospectionOutput> {
  await recordRefusal(action, reason, 'introspection')
  return { active: false, reason }
}
