import { isFault } from '@/lib/core/fault'
import type { JsonObject } from '@/lib/core/json'
import { publicId } from '@/lib/core/ids'
import { db, transaction } from '@/lib/db/client'
import { recordOutcomeOfCall } from '@/lib/decisions/outcome-of-call'
import { withdrawOfRun } from '@/lib/decisions/withdraw-ended'
import { stopsAgent } from '@/lib/halt/halt'
import { haltsFor } from '@/lib/halt/read'
import type { Machines } from '@/lib/gateway/agent-request'
import { recordInstruction, recordReport } from '@/lib/runs/instruct'
import { leaseRun } from '@/lib/runs/lease'
import { openRunOfSession } from '@/lib/runs/session'
import { UNRECORDED_EVENTS, type HookEvent } from './event'
import { bounded, outcomeOf, textIn } from './outcome'
import { actionOfCall } from './store-call'

/** The halt that stops a session, in words; null where none does. What a tool's own halt covers is refused where it is used. */
export async function haltOver(agentId: string, runId: string | null): Promise<string | null> {
  const over = (await haltsFor(db(), agentId)).find(
    ({ scope, run }) => stopsAgent(scope) || (runId !== null && run === publicId('run', runId)),
  )
  return over === undefined ? null : `Countersign: a halt is in force (${over.id}). This session ends.`
}

/**
 * Records what came of a call. One that no decision let through is recorded as such: somewhere a tool runs without asking.
 * @returns whether it was about a call that was let through
 */
export async function tellOutcome(agentId: string, runId: string, event: HookEvent, now: Date): Promise<boolean> {
  const actionId =
    event.tool_use_id === undefined ? null : await actionOfCall(db(), agentId, event.session_id, event.tool_use_id)
  const outcome = outcomeOf(event)
  if (actionId === null) {
    // a call that was refused is reported, too, by some versions: it failed, and did nothing
    if (event.hook_event_name !== 'PostToolUse') return false
    const what = { ...wordsOf(event), tool: event.tool_name ?? '', input: bounded(event.tool_input) }
    await transaction((tx) => recordReport(tx, agentId, runId, what, ['undecided']))
    return false
  }
  try {
    await transaction((tx) => recordOutcomeOfCall(tx, agentId, actionId, outcome, now))
  } catch (error) {
    // said twice: the first word stands
    if (!isFault(error) || error.code !== 'wrong_state') throw error
  }
  return true
}

/** Records what a person told the session to do. */
export function tellInstruction(agentId: string, runId: string, event: HookEvent, keep: boolean): Promise<void> {
  const more = {
    event: event.hook_event_name,
    ...(event.permission_mode !== undefined && { mode: event.permission_mode }),
  }
  const text = textIn(event.prompt ?? '')
  return transaction((tx) => recordInstruction(tx, agentId, runId, text, keep, more))
}

/** Records an event that asks nothing, where it says something an entry should keep. */
export async function tellReport(agentId: string, runId: string, event: HookEvent, known: boolean): Promise<void> {
  if (UNRECORDED_EVENTS.has(event.hook_event_name)) return
  const label = known ? [] : ['unknown_event']
  await transaction((tx) => recordReport(tx, agentId, runId, wordsOf(event), label))
}

/** Ends the run of a session: what it still asks is withdrawn (ADR 0037). */
export async function tellEnd(machines: Machines, agentId: string, event: HookEvent, now: Date): Promise<void> {
  const runId = await openRunOfSession(db(), agentId, event.session_id)
  if (runId === null) return
  await transaction((tx) => leaseRun(tx, agentId, runId, { seconds: 0 }, now))
  machines.decider.forgetRun(runId)
  await withdrawOfRun(machines.connections, runId, now)
}

const TOLD = ['agent_id', 'agent_type', 'source', 'reason', 'permission_mode', 'cwd', 'trigger', 'tool_use_id'] as const

function wordsOf(event: HookEvent): { said: string } & JsonObject {
  const more = TOLD.flatMap((name) => {
    const value = event[name]
    return typeof value === 'string' && value !== '' ? [[name, bounded(value.slice(0, 4_000))] as const] : []
  })
  return { said: event.hook_event_name, ...Object.fromEntries(more) }
}
