import { sha256 } from '@/lib/core/canonical'
import type { JsonObject } from '@/lib/core/json'
import { acceptAttestation, type Attested } from '@/lib/decisions/attest'
import { bindAttestation } from '@/lib/decisions/store-attestations'
import { resolveTool } from '@/lib/tools/tool'
import { fault } from '@/lib/core/fault'
import { parsePublicId } from '@/lib/core/ids'
import { transaction } from '@/lib/db/client'
import { type ClaimContext, replayAction } from '@/lib/decisions/claim'
import type { ActionOutput, Proposed } from '@/lib/decisions/contract'
import type { Caller } from '@/lib/decisions/decide'
import { readOwn } from '@/lib/decisions/read-own'
import { findAction, type ActionRow } from '@/lib/decisions/store-actions'
import { olderLike, standsInstead, usedBefore } from '@/lib/decisions/store-waiting'
import { comparedOf, supersede } from '@/lib/decisions/supersede'
import { changesFrom } from '@/lib/decisions/superseded'

/**
 * Takes one proposal from an agent, whatever protocol it came by: decides it, finds the request it repeats, and ends the requests whose place it
 * takes: one of the same agent and run that would do the same but was judged by other rules or knew less, and the one it names
 * in `replaces` (C22).
 * @param key an `Idempotency-Key`
 * @param attestation what a runner signed of the sandbox it will run in
 * @throws Fault `attestation_refused`; whatever `Decider.decide` and `replayAction` refuse; `not_found` or `wrong_state` naming `replaces`
 */
export async function propose(
  context: ClaimContext,
  caller: Caller,
  proposal: Proposed,
  key: string | null,
  attestation?: string,
): Promise<ActionOutput> {
  const attested = attestation === undefined ? null : await attestedProposal(context, caller, proposal, attestation)
  const replaced = proposal.replaces === undefined ? null : await replaceable(context, caller, proposal.replaces, key)
  const decided = await context.decider.decide(caller, proposal, key, { attested })
  if ('replay' in decided) {
    const { actionId } = decided.replay
    await takePlaceAgain(context, actionId, replaced)
    if (attested !== null) await bindAttestation(context.connections, attested.id, actionId)
    return replayAction(context, caller, actionId, attested)
  }
  if ('same' in decided) {
    const { actionId } = decided.same
    if (attested !== null) await bindAttestation(context.connections, attested.id, actionId)
    await takePlaceAgain(context, actionId, replaced)
    return own(context, caller, actionId)
  }
  const actionId = parsePublicId('action', decided.answer.id)
  if (attested !== null) await bindAttestation(context.connections, attested.id, actionId)
  if (decided.answer.status === 'held' || replaced !== null) await takePlace(context, actionId, replaced, true)
  return decided.answer
}

/** What a runner signed about a proposal, accepted. @throws Fault `attestation_refused` */
async function attestedProposal(
  { decider, publicUrl, now }: ClaimContext,
  caller: Caller,
  proposal: Proposed,
  attestation: string,
): Promise<Attested> {
  const tool = resolveTool(proposal.tool)
  if (tool === null) throw fault('invalid_request', { field: 'tool' })
  const { agent } = await decider.standingOf(caller, tool, 0n)
  const run =
    proposal.run === undefined ? null : await decider.runOf(caller, parsePublicId('run', proposal.run.id, 'run.id'))
  return acceptAttestation(
    attestation,
    {
      agentId: caller.agentId,
      run: run?.id ?? null,
      tool: tool.name,
      arguments: proposal.arguments as JsonObject, // what the strict parser made
      action: null,
      sandbox: agent.boundary?.document.sandbox ?? null,
      issuer: publicUrl().origin,
    },
    new Date(now()),
  )
}

/**
 * The action that a proposal takes the place of. Where its place was taken already, because an answer got lost and its agent asks again,
 * that is the one that has it now; null where a used key answers for itself.
 */
async function replaceable(
  { connections }: ClaimContext,
  caller: Caller,
  given: string,
  key: string | null,
): Promise<string | null> {
  const id = parsePublicId('action', given, 'replaces')
  const action = await findAction(connections, id)
  if (action === null || action.agent_id !== caller.agentId)
    throw fault('not_found', { field: 'replaces', detail: 'This agent has no such action.' })
  if (mayBeReplaced(action)) return id
  if (key !== null && (await usedBefore(connections, caller.agentId, sha256(key)))) return null
  const since = await standsInstead(connections, id)
  const instead = since === null ? null : await findAction(connections, since)
  if (instead !== null && instead.agent_id === caller.agentId && mayBeReplaced(instead)) return instead.id
  throw fault('wrong_state', {
    field: 'replaces',
    detail: `Only what waits, or was approved and not begun, can be replaced; this one is ${action.status}.`,
  })
}

const mayBeReplaced = ({ status, grant_hash: grant }: ActionRow): boolean =>
  status === 'held' || (status === 'approved' && grant === null)

/** The first try may have broken off before the requests were ended whose place it took: they are ended now, its like while it waits itself. */
async function takePlaceAgain(context: ClaimContext, by: string, named: string | null): Promise<void> {
  const replaced = named === by ? null : named
  const waits = (await findAction(context.connections, by))?.status === 'held'
  if (waits || replaced !== null) await takePlace(context, by, replaced, waits)
}

async function takePlace(context: ClaimContext, by: string, replaced: string | null, alike: boolean): Promise<void> {
  const { connections } = context
  const older = alike ? await olderLike(connections, by) : []
  const before = new Set([...older, ...(replaced === null ? [] : [replaced])])
  if (before.size === 0) return
  const newer = await findAction(connections, by)
  const after = newer && (await comparedOf(connections, newer))
  for (const id of before) {
    const older = await findAction(connections, id)
    const compared = older && (await comparedOf(connections, older))
    const changed = compared && after ? changesFrom(compared, after) : []
    await transaction((db) => supersede(db, id, by, changed, new Date(context.now())))
  }
}

async function own(context: ClaimContext, caller: Caller, actionId: string): Promise<ActionOutput> {
  const found = await readOwn(
    context.connections,
    context.publicUrl(),
    caller.agentId,
    actionId,
    new Date(context.now()),
  )
  if (found === null) throw fault('not_found', { detail: 'This agent has no such action.' })
  return found
}
