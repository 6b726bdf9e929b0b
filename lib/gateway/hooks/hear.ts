import { fault } from '@/lib/core/fault'
import { db } from '@/lib/db/client'
import { LIMITS } from '@/lib/decisions/contract'
import type { z } from 'zod'
import type { Machines } from '@/lib/gateway/agent-request'
import type { Gateway } from '@/lib/gateway/routes'
import { runOfSession } from '@/lib/runs/session'
import { resolveTool } from '@/lib/tools/tool'
import { allowed, going, refused, told, type HookAnswer } from './answer'
import { callOf, OWN_SERVER } from './call'
import { decideCall, type CallDecided } from './decide-call'
import { KNOWN_EVENTS, OUTCOME_EVENTS, type hookQuery, type HookEvent } from './event'
import { mayStandForWorkspace, namesWorkspace, type Place } from './place'
import type { HookPrincipal } from './principal'
import { wasLetThrough } from './store-call'
import { haltOver, tellEnd, tellInstruction, tellOutcome, tellReport } from './tell'
import type { HookWait } from './wait'

export type Hearing = { gateway: Gateway; machines: Machines; waiting: HookWait }
type Query = z.infer<typeof hookQuery>

const SAME_CALL_MS = 600_000
const GOVERNED =
  'This session is governed by Countersign. Some of what you do is forbidden, and some waits for a person: then a call takes long, or is refused with a link. Do not look for another way to do what was refused.'

/** What one event of a session comes to. */
export async function hear(
  hearing: Hearing,
  principal: HookPrincipal,
  event: HookEvent,
  query: Query,
  gone: AbortSignal,
): Promise<HookAnswer> {
  const { machines } = hearing
  const name = event.hook_event_name
  const { agentId } = principal
  const now = new Date(machines.now())
  if (name === 'SessionEnd') {
    await tellEnd(machines, agentId, event, now)
    return going()
  }
  const { runId, folder, renewed, opened } = await runOfSession(agentId, event.session_id, event.cwd ?? null, now)
  if (renewed) machines.decider.forgetRun(runId)
  const decide = () => decideOne(hearing, principal, event, { runId, folder, seconds: query.wait, gone })
  switch (name) {
    case 'PreToolUse': {
      // the gate itself sees every halt: this is judged and recorded like any other proposal
      const decided = await decide()
      return decided.allow ? allowed(decided.reason, decided.updatedInput) : refused(name, decided)
    }
    case 'PermissionRequest':
      return permission(hearing, principal, event, decide)
    default:
      return tellOne(principal, { runId, opened }, event, query, decide, now)
  }
}

/**
 * Claude Code asks whether to ask the person at it. A call that was let through goes on to be asked about, since whoever wrote such a rule
 * meant it; any other is decided here first.
 */
async function permission(
  { machines }: Hearing,
  { agentId }: HookPrincipal,
  event: HookEvent,
  decide: () => Promise<CallDecided>,
): Promise<HookAnswer> {
  const since = new Date(machines.now() - SAME_CALL_MS)
  if (await wasLetThrough(db(), agentId, event.session_id, callOf(event).likeness, since)) return going()
  const decided = await decide()
  return decided.allow ? going() : refused(event.hook_event_name, decided)
}

async function tellOne(
  { agentId }: HookPrincipal,
  { runId, opened }: { runId: string; opened: boolean },
  event: HookEvent,
  query: Query,
  decide: () => Promise<CallDecided>,
  now: Date,
): Promise<HookAnswer> {
  const name = event.hook_event_name
  const known = KNOWN_EVENTS.has(name)
  if (OUTCOME_EVENTS.has(name)) await tellOutcome(agentId, runId, event, now)
  else if (name === 'UserPromptSubmit') await tellInstruction(agentId, runId, event, query.prompts === 'keep')
  else await tellReport(agentId, runId, event, known)
  const halt = await haltOver(agentId, runId)
  if (halt !== null) return refused(name, { reason: halt, stop: true })
  // Claude Code calls no HTTP hook at the start of a session (2.1.329): the first prompt is where the model can be told
  if (name === 'SessionStart' || (name === 'UserPromptSubmit' && opened)) return told(name, GOVERNED)
  if (known) return going()
  // Nobody knows what such an event lets happen: it is judged like a tool nobody knows, without waiting.
  const decided = await decide()
  return decided.allow ? going() : refused(name, decided)
}

async function decideOne(
  { machines, waiting }: Hearing,
  principal: HookPrincipal,
  event: HookEvent,
  { runId, folder, seconds, gone }: { runId: string; folder: string | null; seconds: number; gone: AbortSignal },
): Promise<CallDecided> {
  const asks = event.hook_event_name === 'PreToolUse' || event.hook_event_name === 'PermissionRequest'
  const { place, version } = await placeOf(machines, principal.agentId, folder)
  const call = callOf(
    asks ? event : { tool_name: `event_${event.hook_event_name}`, tool_input: { event: event.hook_event_name } },
    place,
  )
  if (Buffer.byteLength(JSON.stringify(call.proposal.arguments)) > LIMITS.bodyBytes)
    throw fault('too_large', {
      detail: `What a call says is at most ${LIMITS.bodyBytes} bytes: nobody could judge more. Do it in parts.`,
    })
  return decideCall(machines, waiting, principal, {
    session: event.session_id,
    runId,
    call,
    useId: event.tool_use_id ?? null,
    seconds: asks ? seconds : 0,
    version,
    gone,
  })
}

const ANY = resolveTool(OWN_SERVER)

/**
 * Where the paths of a session are judged from. A boundary that names its workspace means that place on every machine; one that names none
 * takes a call without a place to be in its workspace: that is then the folder the session began in.
 */
async function placeOf(
  { decider }: Machines,
  agentId: string,
  folder: string | null,
): Promise<{ place: Place; version: number | null }> {
  if (ANY === null) throw new Error('the name of our own server is a tool’s')
  const { agent, house } = await decider.standing.load(agentId, ANY)
  const named = namesWorkspace(agent?.boundary?.document) || namesWorkspace(house.baseline?.document)
  const place = { folder, stands: !named && folder !== null && mayStandForWorkspace(folder) }
  return { place, version: agent?.boundary?.version ?? null }
}
