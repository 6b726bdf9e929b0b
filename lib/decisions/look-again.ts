import type pg from 'pg'
import type { JsonObject } from '@/lib/core/json'
import { Decider } from '@/lib/decisions/decide'
import type { Evaluation } from '@/lib/decisions/facts'
import type { ActionPayload } from '@/lib/decisions/item'
import { spentNow } from '@/lib/decisions/read-limits'
import { guardedBy, type Guarded } from '@/lib/resources/resource'
import { resolveTool } from '@/lib/tools/tool'

/** What was asked, as far as the gate looks at it. */
export type Asked = Pick<
  ActionPayload,
  'tool' | 'arguments' | 'resource' | 'untrusted_sources' | 'evidence' | 'attributes' | 'reasons'
>

/** What the gate says of it changed so: `more` are reasons it was not asked for, `named` a protected resource it did not address. */
export type LookedAt = { evaluation: Evaluation; more: Evaluation['reasons']; named: Guarded | undefined }

/**
 * One look of the gate, now, at what an agent asked with other arguments: nothing of it is kept, and no answer leads to a link. Null where the agent
 * cannot act now.
 * @throws Fault `not_found` where its run is not this agent's
 */
export async function lookAgain(
  connections: pg.Pool,
  of: { agentId: string; runId: string | null },
  asked: Asked,
  to: { arguments: JsonObject; resource?: Asked['resource'] },
): Promise<LookedAt | null> {
  const tool = resolveTool(asked.tool)
  const decider = new Decider({ connections, publicUrl: () => new URL('http://localhost') })
  const { agent, ...standing } = await decider.standing.load(of.agentId, tool ?? { server: '', tool: '', name: '' })
  const [credentialId] = agent?.credentials.keys() ?? []
  if (tool === null || agent === null || credentialId === undefined) return null
  const caller = { agentId: agent.id, credentialId, scope: 'act' as const }
  const run = of.runId === null ? null : await decider.runOf(caller, of.runId)
  const { evaluation, guarded } = decider.judge(
    caller,
    { ...standing, agent },
    tool,
    {
      arguments: to.arguments,
      resource: (to.resource === undefined ? asked.resource : to.resource) ?? undefined,
      untrusted_sources: asked.untrusted_sources,
      evidence: asked.evidence,
      attributes: asked.attributes,
    },
    run,
    { minute: 0, hour: 0, day: 0, ...(await spentNow(connections, agent.id)) },
    null,
    // the sandbox is signed for when the grant is claimed, over the arguments as they were approved
    { attestable: true },
  )
  const { arguments: before, resource } = asked
  const namedBefore = new Set(guardedBy(standing.house.guarded, { arguments: before, resource }).map(({ id }) => id))
  const known = new Set(asked.reasons.map(keyOf))
  return {
    evaluation,
    more: evaluation.reasons.filter((reason) => !known.has(keyOf(reason))),
    named: guarded.find(({ id }) => !namedBefore.has(id)),
  }
}

/** Whether it would wait for exactly what it was asked for: the same rules, and nothing protected that was not. */
export function isHeldAlike({ evaluation, more, named }: LookedAt, asked: Asked): boolean {
  const now = new Set(evaluation.reasons.map(keyOf))
  return (
    evaluation.decision === 'hold' &&
    more.length === 0 &&
    named === undefined &&
    asked.reasons.every((reason) => now.has(keyOf(reason)))
  )
}

const keyOf = ({ code, rule }: { code: string; rule: string | null }): string => `${code} ${rule ?? ''}`
