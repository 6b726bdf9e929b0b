import type { z } from 'zod'
import { fault, isFault } from '@/lib/core/fault'
import { idTime, parsePublicId, publicId } from '@/lib/core/ids'
import { transaction } from '@/lib/db/client'
import type { ActionOutput } from '@/lib/decisions/contract'
import type { Caller } from '@/lib/decisions/decide'
import { propose } from '@/lib/decisions/propose'
import { payloadOf, readOwn } from '@/lib/decisions/read-own'
import { writeOutcome } from '@/lib/decisions/outcome'
import { lockedAction, readAction, type ActionRow } from '@/lib/decisions/read-action'
import { withdraw } from '@/lib/decisions/withdraw'
import type { Machines } from '@/lib/gateway/agent-request'
import type { Asker } from './asker'
import type { AccessRequestInput, taskOutcome } from './contract'
import { requestableUntil } from './evaluate'
import { RequestRefused } from './request-problem'
import { proposedOf, sameAsked } from './proposed'
import { approvedUntil, outcomeAddress } from './reevaluate'

export type Task = { task: Record<string, unknown>; result?: Record<string, unknown> }

/** What an action's state is as a task (the profile's "Task Status Values"). */
const STATUS: Readonly<Record<ActionOutput['status'], string>> = {
  held: 'pending',
  approved: 'approved',
  claimed: 'approved',
  succeeded: 'approved',
  failed: 'approved',
  aborted: 'approved',
  unknown: 'approved',
  rejected: 'denied',
  expired: 'expired',
  withdrawn: 'cancelled',
  superseded: 'cancelled',
}

/**
 * Asks people for what an evaluation denied: the same subject, action and resource, within ten minutes of the denial, becomes a held action like any other.
 * @param key an `Idempotency-Key`
 * @throws RequestRefused, and what `propose` refuses
 */
export async function requestAccess(
  machines: Machines,
  asker: Asker,
  input: AccessRequestInput,
  key: string | null,
): Promise<Task> {
  const caller = await asker.callerFor(input.subject.id)
  const proposed = proposedOf(input, asker.vouches)
  const denial = await deniedAction(machines, caller, input.denial.evaluation_id)
  const payload = denial && (await payloadOf(machines.connections, denial))
  if (caller === null || proposed === null || denial === null || payload === null)
    throw new RequestRefused('invalid_denial_binding', 'No evaluation of this agent has that evaluation_id.')
  if (denial.reason_code !== 'not_asked')
    throw new RequestRefused('not_requestable', 'What was denied there is not for a person to approve.')
  const until = requestableUntil(new Date(idTime(denial.id)))
  if (new Date(input.denial.expires_at).getTime() !== until.getTime())
    throw new RequestRefused('invalid_denial_binding', 'denial.expires_at is not what that denial said.')
  if (until.getTime() < machines.now())
    throw new RequestRefused('expired_denial', 'That denial is too long ago. Evaluate it again.')
  if (!sameAsked({ ...payload, resource: payload.resource ?? undefined }, proposed))
    throw new RequestRefused('invalid_denial_binding', 'What is requested is not what was denied.')
  const why: unknown = input.context?.['business_justification']
  const summary = typeof why === 'string' && why.length > 0 ? why.slice(0, 2_000) : null
  const asked = await propose(
    machines,
    caller,
    { ...proposed, ...(summary !== null && { reasoning: { summary } }) },
    key,
  ).catch((error: unknown) => {
    if (isFault(error) && error.code === 'idempotency_mismatch')
      throw new RequestRefused('duplicate_request', 'This Idempotency-Key was used with another request.')
    throw error
  })
  if (asked.decision !== 'hold')
    throw new RequestRefused(
      'not_requestable',
      `Rules have changed: it would be answered ${asked.decision} now. Evaluate it again.`,
    )
  return taskOf(machines, asked, null)
}

/** Where a request stands. @throws RequestRefused `unknown_task`, also for one this asker may not see */
export async function readTask(machines: Machines, asker: Asker, taskId: string): Promise<Task> {
  const { action, caller } = await ownTask(machines, asker, taskId)
  return stands(machines, caller, action)
}

/**
 * What came of what was approved, once it was evaluated again: whoever acted on that answer may say it, until nobody expects it any more and later too.
 * An addition of ours; the profile has none.
 * @throws RequestRefused `unknown_task`, `invalid_task_state` (it was not used, or said before); Fault `too_large`
 */
export async function reportOutcome(
  machines: Machines,
  asker: Asker,
  taskId: string,
  outcome: z.output<typeof taskOutcome>,
): Promise<Task> {
  const { action, caller } = await ownTask(machines, asker, taskId)
  try {
    await transaction(async (tx) => {
      const locked = await lockedAction(tx, action.id)
      if (locked === null || !['claimed', 'unknown'].includes(locked.status))
        throw new RequestRefused(
          'invalid_task_state',
          `Nothing is to be said of it: it is ${locked?.status ?? 'gone'}.`,
        )
      await writeOutcome(tx, locked, caller.agentId, outcome, new Date(machines.now()))
    })
  } catch (error) {
    if (isFault(error) && error.code === 'wrong_state') throw new RequestRefused('invalid_task_state', error.message)
    throw error
  }
  return stands(machines, caller, action)
}

/** Gives a request up. @throws RequestRefused `unknown_task`, `invalid_task_state` */
export async function cancelTask(machines: Machines, asker: Asker, taskId: string): Promise<Task> {
  const { action, caller } = await ownTask(machines, asker, taskId)
  try {
    await transaction((tx) => withdraw(tx, caller.agentId, action.id, new Date(machines.now())))
  } catch (error) {
    if (isFault(error) && error.code === 'wrong_state') throw new RequestRefused('invalid_task_state', error.message)
    throw error
  }
  return stands(machines, caller, action)
}

async function stands(machines: Machines, { agentId }: Caller, { id }: ActionRow): Promise<Task> {
  const { connections, publicUrl, now } = machines
  const own = await readOwn(connections, publicUrl(), agentId, id, new Date(now()))
  if (own === null) throw fault('not_found')
  return taskOf(machines, own, await readAction(connections, id))
}

async function ownTask(
  machines: Machines,
  asker: Asker,
  taskId: string,
): Promise<{ action: ActionRow; caller: Caller }> {
  const action = await found(machines, taskId)
  const caller = action?.approval_id == null ? null : await asker.callerFor(action.slug)
  if (action === null || caller === null || caller.agentId !== action.agent_id)
    throw new RequestRefused('unknown_task', 'There is no such request.')
  return { action, caller }
}

async function deniedAction(machines: Machines, caller: Caller | null, id: string): Promise<ActionRow | null> {
  const action = caller === null ? null : await found(machines, id)
  return action !== null && action.agent_id === caller?.agentId ? action : null
}

async function found({ connections }: Machines, id: string): Promise<ActionRow | null> {
  try {
    return await readAction(connections, parsePublicId('action', id))
  } catch (error) {
    if (isFault(error) && error.code === 'invalid_id') return null
    throw error
  }
}

function taskOf({ publicUrl }: Machines, asked: ActionOutput, action: ActionRow | null): Task {
  const status = STATUS[asked.status] ?? 'failed'
  const address = new URL(`/access/v1/requests/${asked.id}`, publicUrl()).href
  const task = {
    id: asked.id,
    status,
    status_endpoint: address,
    expires_at: asked.approval?.expires_at,
    links: {
      review: asked.approval?.url,
      ...(status === 'pending' && { cancel: `${address}/cancel` }),
      ...(status === 'approved' && { outcome: outcomeAddress(publicUrl(), asked.id) }),
    },
  }
  const until = action === null ? null : approvedUntil(action)
  if (status !== 'approved' || action?.approval_id == null || until === null) return { task }
  const approval = {
    id: publicId('approval', action.approval_id),
    approved_at: action.approval_closed_at?.toISOString(),
    approved_until: until.toISOString(),
  }
  return { task, result: { mode: 'reevaluate', approval } }
}
