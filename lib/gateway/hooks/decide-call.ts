import { parsePublicId, publicId } from '@/lib/core/ids'
import type { JsonObject } from '@/lib/core/json'
import { db, transaction } from '@/lib/db/client'
import { claimGrant } from '@/lib/decisions/claim'
import type { ActionOutput } from '@/lib/decisions/contract'
import { introspect } from '@/lib/decisions/introspect'
import { propose } from '@/lib/decisions/propose'
import { asCaller, type Machines } from '@/lib/gateway/agent-request'
import { leaseRun } from '@/lib/runs/lease'
import { SESSION_LEASE_SECONDS } from '@/lib/runs/session'
import { isConnected } from '@/lib/upstreams/read'
import { inputOf, type Call } from './call'
import type { HookPrincipal } from './principal'
import { writeCall } from './store-call'
import { haltOver } from './tell'
import type { HookWait } from './wait'
import { wordsFor } from './words'

/** One call of a tool in a session, and how long it may wait. */
export type Asked = {
  session: string
  runId: string
  call: Call
  useId: string | null
  seconds: number
  /** of the boundary its paths were written for */
  version: number | null
  gone: AbortSignal
}

export type CallDecided =
  { allow: true; reason: string; updatedInput?: JsonObject } | { allow: false; reason: string; stop: boolean }

/**
 * Decides one call: proposes it, waits where a person is asked, claims and consumes the grant, and lets it run only then. What its result brings
 * into the run taints the run before it is let run: a hook that is never heard again does not keep it clean.
 *
 * The grant never leaves the server: the answer of the hook is the execution's permission, so the grant is consumed by it, as an executor would. The
 * call of a tool behind the gateway is executed by the gateway, which consumes it there.
 * @throws Fault whatever `propose`, `claimGrant` and `stillStands` refuse
 */
export async function decideCall(
  machines: Machines,
  waiting: HookWait,
  principal: HookPrincipal,
  asked: Asked,
): Promise<CallDecided> {
  const caller = asCaller(principal, 'hook')
  const proposal = { ...asked.call.proposal, run: { id: publicId('run', asked.runId) } }
  let answer = await propose(machines, caller, proposal, null)
  if ((answer.boundary?.version ?? null) !== asked.version)
    return {
      allow: false,
      reason: `Countersign: a new boundary was signed just now. Ask again. Decision ${answer.id}.`,
      stop: false,
    }
  if (answer.status === 'held') answer = await waiting.settled(answer, principal.agentId, asked.seconds, asked.gone)
  if (answer.status === 'approved' && !answer.frozen)
    answer = await claimGrant(machines, caller, parsePublicId('action', answer.id))
  if (answer.grant === null || answer.frozen) return { allow: false, ...wordsFor(answer) }
  return letThrough(machines, principal, asked, answer, answer.grant.token)
}

async function letThrough(
  machines: Machines,
  principal: HookPrincipal,
  { session, runId, call, useId }: Asked,
  answer: ActionOutput,
  token: string,
): Promise<CallDecided> {
  const now = new Date(machines.now())
  const { agentId } = principal
  const actionId = parsePublicId('action', answer.id)
  if (call.brings !== null) {
    const sources = [call.brings]
    await transaction((tx) =>
      leaseRun(tx, agentId, runId, { seconds: SESSION_LEASE_SECONDS, untrusted_sources: sources }, now),
    )
    machines.decider.forgetRun(runId)
  }
  const edited = answer.edited?.arguments as JsonObject | undefined
  const allow = {
    allow: true,
    reason: `Countersign: ${answer.reason.text} Decision ${answer.id}.`,
    ...(edited !== undefined && { updatedInput: inputOf(call, edited) }),
  } as const
  await writeCall(db(), { agentId, session, call: useId ?? answer.id, actionId, likeness: call.likeness, at: now })
  const server = call.proposal.tool.slice(0, call.proposal.tool.indexOf('.'))
  if (useId !== null && (await isConnected(db(), server))) {
    // the gateway consumes it, right before it forwards this very call: nobody is asked twice (ADR 0053)
    const halt = await haltOver(agentId, runId)
    if (halt !== null) return { allow: false, reason: halt, stop: true }
    await principal.stillStands()
    return allow
  }
  const consumed = await introspect(machines.connections, {
    token,
    agent: publicId('agent', agentId),
    tool: call.proposal.tool,
    arguments: edited ?? call.proposal.arguments,
  })
  if (!consumed.active)
    return {
      allow: false,
      reason: `Countersign does not let this run any more: its grant is ${consumed.reason}. Decision ${answer.id}.`,
      stop: consumed.reason === 'halted',
    }
  await principal.stillStands()
  return allow
}
