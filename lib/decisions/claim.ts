import type pg from 'pg'
import { closeApproval } from '@/lib/approvals/close'
import { fault, isFault, type Fault, type FaultCode } from '@/lib/core/fault'
import { newId } from '@/lib/core/ids'
import { transaction } from '@/lib/db/client'
import { aboutAction } from '@/lib/decisions/answer'
import { acceptAttestation, standingAttestation, type Attested } from '@/lib/decisions/attest'
import type { ActionOutput, Proposed, RecordedRefusal } from '@/lib/decisions/contract'
import { unrecorded, type Caller, type Decider } from '@/lib/decisions/decide'
import { dischargedBy } from '@/lib/decisions/evaluate'
import type { Discharge, Evaluation } from '@/lib/decisions/facts'
import { limitsUnder, newGrant, type ActionPayload } from '@/lib/decisions/item'
import { type Taken, takesOf } from '@/lib/decisions/limits'
import { spentNow } from '@/lib/decisions/read-limits'
import { outputOf, payloadOf, stateAt } from '@/lib/decisions/read-own'
import { recordRefusal } from '@/lib/decisions/refuse-grant'
import { giveGrant } from '@/lib/decisions/store'
import { findAction, lockAction, moveAction, type ActionRow } from '@/lib/decisions/store-actions'
import { toldReason } from '@/lib/decisions/told'
import { append } from '@/lib/ledger/append'
import { prepare } from '@/lib/ledger/prepare'
import { resolveTool } from '@/lib/tools/tool'

export type ClaimContext = { decider: Decider; connections: pg.Pool; publicUrl: () => URL; now: () => number }

const ROUNDS = 3

/**
 * Gives an agent the grant of its approved action: the gate runs again, with the approval taking away exactly the holds recorded
 * with it (DESIGN §4). Anything else it finds supersedes the approval, and the answer says what. A grant that got lost is given anew
 * until it would have ended; after that it may have been acted on, and is not given a second time.
 * @throws Fault `not_found`, `wrong_state`, `frozen`, `grant_invalid`, `cannot_record`, `clock_skew`
 */
export async function claimGrant(
  context: ClaimContext,
  caller: Caller,
  actionId: string,
  attestation?: string,
): Promise<ActionOutput> {
  const attested = attestation === undefined ? null : await attestedClaim(context, caller, actionId, attestation)
  return giveOrRecord(context, caller, actionId, attested, (action, payload) => {
    if (stateAt(action, new Date(context.now())) !== 'approved') {
      throw fault('wrong_state', {
        detail: `Only an approved action has a grant to claim; this one is ${action.status}.`,
      })
    }
    return discharged(action, payload)
  })
}

/**
 * Answers an idempotency key that was used before. An *allow* is never replayed unchecked: the gate runs again, and the grant is
 * a new one in place of the one that got lost. What was begun or has ended is not allowed a second time.
 * @param attested what a runner signed about this very try: what was accepted with the first one is used up
 * @throws Fault `wrong_state`, `frozen`, `grant_invalid`, `cannot_record`, `clock_skew`
 */
export async function replayAction(
  context: ClaimContext,
  caller: Caller,
  actionId: string,
  attested: Attested | null = null,
): Promise<ActionOutput> {
  const now = new Date(context.now())
  const action = await findAction(context.connections, actionId)
  if (action === null || action.agent_id !== caller.agentId) throw fault('not_found')
  if (action.decision !== 'allow')
    return outputOf(action, await payloadOf(context.connections, action), context.publicUrl(), now)
  return giveOrRecord(context, caller, actionId, attested, ({ status }) => {
    if (status !== 'allowed')
      throw fault('wrong_state', {
        detail: `This action was allowed once and is ${status}. Propose it again under another key.`,
      })
    return null
  })
}

/** What a runner signed about the action whose grant is claimed, accepted. @throws Fault `not_found`, `wrong_state`, `attestation_refused` */
async function attestedClaim(
  { decider, connections, publicUrl, now }: ClaimContext,
  caller: Caller,
  actionId: string,
  attestation: string,
): Promise<Attested> {
  const action = await findAction(connections, actionId)
  if (action === null || action.agent_id !== caller.agentId)
    throw fault('not_found', { detail: 'This agent has no such action.' })
  const payload = await payloadOf(connections, action)
  const tool = payload === null ? null : resolveTool(payload.tool)
  if (payload === null || tool === null)
    throw fault('wrong_state', { detail: 'What was decided was erased since. Propose it again.' })
  const { agent } = await decider.standingOf(caller, tool, 0n)
  return acceptAttestation(
    attestation,
    {
      agentId: caller.agentId,
      run: action.run_id,
      tool: tool.name,
      arguments: payload.arguments,
      action: actionId,
      sandbox: agent.boundary?.document.sandbox ?? null,
      issuer: publicUrl().origin,
    },
    new Date(now()),
  )
}

/** Whatever refuses a grant is recorded before it is answered; that the gate could not be had is no refusal. */
async function giveOrRecord(
  context: ClaimContext,
  caller: Caller,
  actionId: string,
  attested: Attested | null,
  approvalOf: (action: ActionRow, payload: ActionPayload) => Discharge | null,
): Promise<ActionOutput> {
  try {
    return await give(context, caller, actionId, attested, approvalOf)
  } catch (error) {
    const action = isFault(error) && REFUSING.has(error.code) ? await findAction(context.connections, actionId) : null
    if (action === null) throw error
    if (action.agent_id !== caller.agentId) await recordRefusal(action, 'foreign', 'claim', caller.agentId)
    else await recordRefusal(action, refusalOf(action, error as Fault, new Date(context.now())), 'claim')
    throw error
  }
}

const REFUSING: ReadonlySet<string> = new Set<FaultCode>([
  'not_found',
  'wrong_state',
  'frozen',
  'grant_invalid',
  'attestation_refused',
])

/** The word of a refused claim, by where the action stands. */
function refusalOf(action: ActionRow, { code, field }: Fault, now: Date): RecordedRefusal {
  if (code === 'frozen') return 'halted'
  if (code === 'attestation_refused') return 'unattested'
  if (field === 'run.id') return 'run_ended'
  const { status } = action
  if (status === 'expired') return 'expired'
  if (['claimed', 'succeeded', 'failed', 'aborted', 'unknown'].includes(status)) return 'used'
  if (status === 'approved' && hasEnded(action, now)) return 'expired'
  if (status !== 'allowed') return 'not_given'
  if (action.revoked) return 'revoked'
  return action.grant_expires_at !== null && action.grant_expires_at <= now ? 'expired' : 'not_given'
}

/** Whether a grant was given whose time is over. */
const hasEnded = ({ grant_hash: hash, grant_expires_at: ends }: ActionRow, now: Date): boolean =>
  hash !== null && ends !== null && ends <= now

const endedFault = ({ grant_expires_at: ends }: ActionRow): Fault =>
  fault('grant_invalid', {
    detail: `Its grant was given before and ended${ends === null ? '' : ` at ${ends.toISOString()}`}, and nobody has said what came of it: it may have been done. Look whether it was. It is not given again; if it still has to be done, propose it anew, under another key, for another approval.`,
  })

async function give(
  context: ClaimContext,
  caller: Caller,
  actionId: string,
  attested: Attested | null,
  approvalOf: (action: ActionRow, payload: ActionPayload) => Discharge | null,
): Promise<ActionOutput> {
  const { decider, connections, publicUrl } = context
  let least = 0n
  for (let round = 0; round < ROUNDS; round++) {
    const action = await findAction(connections, actionId)
    if (action === null || action.agent_id !== caller.agentId)
      throw fault('not_found', { detail: 'This agent has no such action.' })
    const payload = await payloadOf(connections, action)
    if (payload === null) throw fault('wrong_state', { detail: 'What was decided was erased since. Propose it again.' })
    const approval = approvalOf(action, payload)
    if (action.frozen) throw fault('frozen', { detail: 'A halt is in force: nothing runs until two people lift it.' })
    if (action.status === 'approved' && hasEnded(action, new Date(context.now()))) throw endedFault(action)
    const { epoch, boundaryId, tainted, evaluation, takes } = await judgeAgain(
      context,
      caller,
      action,
      payload,
      approval,
      least,
      attested,
    )
    // the runner may come again with an attestation: what a person approved stands
    if (evaluation.reason.code === 'sandbox_missing')
      throw fault('attestation_refused', {
        field: 'attestation',
        detail: `${evaluation.reason.text} Claim it with an attestation of a runner of this agent.`,
      })
    if (evaluation.decision !== 'allow' || action.revoked) return refused(context, action, payload, evaluation)
    const at = context.now()
    const grant = newGrant(at)
    const entry = prepare(
      newId(at),
      {
        kind: 'action.granted',
        actor: 'agent',
        ...aboutAction(action),
        outcome: 'allow',
        reason: evaluation.reason.code,
        ...(attested !== null && { labels: ['sandbox_attested'] }),
      },
      null,
      { nonce: Buffer.alloc(0), iv: Buffer.alloc(0) },
    )
    const gift = {
      actionId,
      agentId: caller.agentId,
      epoch,
      boundaryId,
      clean: !tainted,
      hash: grant.hash,
      endsAt: grant.endsAt,
      takes,
      entry,
    }
    const answer = await giveGrant(connections, gift, new Date(at)).catch((error: unknown) => {
      throw unrecorded(error)
    })
    if (answer === 'granted') {
      const given = await findAction(connections, actionId)
      const expires = given?.grant_expires_at ?? grant.endsAt
      return {
        ...outputOf(given ?? action, payload, publicUrl(), new Date(at)),
        grant: { token: grant.token, expires_at: expires.toISOString() },
      }
    }
    if (answer === 'halted')
      throw fault('frozen', { detail: 'A halt is in force: nothing runs until two people lift it.' })
    if (answer === 'ended') throw endedFault(action)
    if (answer === 'run_ended')
      throw fault('wrong_state', { field: 'run.id', detail: 'The run of this action has ended.' })
    // both are loaded again: an epoch that has not been reached makes it so
    if (answer === 'moved') {
      least = epoch + 1n
      decider.standing.forget(least)
    } else if (answer === 'tainted') {
      decider.forgetRun(action.run_id)
      least = epoch + 1n
    } else if (round === ROUNDS - 1 || (answer !== 'superseded' && answer !== 'limited')) {
      throw fault('grant_invalid', { detail: `The action can no longer be granted: ${answer}.` })
    }
  }
  throw fault('cannot_record', {
    detail: 'What decides changed while this was decided. Ask again.',
    retryAfterSeconds: 1,
  })
}

async function judgeAgain(
  { decider, connections }: ClaimContext,
  caller: Caller,
  action: ActionRow,
  payload: ActionPayload,
  approval: Discharge | null,
  least: bigint,
  attestation: Attested | null,
): Promise<{ epoch: bigint; boundaryId: string | null; tainted: boolean; evaluation: Evaluation; takes: Taken[] }> {
  const tool = resolveTool(payload.tool)
  if (tool === null) throw fault('wrong_state', { detail: 'What was decided cannot be read. Propose it again.' })
  const standing = await decider.standingOf(caller, tool, least)
  const run = action.run_id === null ? null : await decider.runOf(caller, action.run_id)
  const proposal: Pick<Proposed, 'arguments' | 'resource' | 'untrusted_sources' | 'evidence' | 'attributes'> = {
    arguments: payload.arguments,
    resource: payload.resource ?? undefined,
    untrusted_sources: payload.untrusted_sources,
    evidence: payload.evidence,
    attributes: payload.attributes,
  }
  // once given, it is counted already; a grant given anew in place of one that got lost takes nothing more
  const spent = approval === null || action.grant_hash !== null ? {} : await spentNow(connections, caller.agentId)
  const used = { minute: 0, hour: 0, day: 0, ...spent }
  const attested = await standingAttestation(connections, attestation)
  const judged = decider.judge(caller, standing, tool, proposal, run, used, approval, { attested })
  const answered = approval === null ? [] : dischargedBy(approval, standing.house.baseline?.digest ?? null)
  const told = new Set(answered.flatMap(({ code, rule }) => (code === 'limit_reached' && rule ? [rule] : [])))
  const takes = takesOf(limitsUnder(standing, judged.evaluation), standing.tool, payload.arguments, told)
  return { epoch: standing.epoch, boundaryId: standing.agent.boundary?.id ?? null, ...judged, takes }
}

/** The holds recorded with a held action: `reasons` are every match at the winning strictness. */
function discharged(
  { boundary_digest: boundaryDigest, baseline_digest: baselineDigest }: ActionRow,
  payload: ActionPayload,
): Discharge | null {
  if (boundaryDigest === null) return null
  return { boundaryDigest, baselineDigest, holds: payload.reasons as Discharge['holds'] } // codes were written from the closed list
}

/**
 * An approval whose action would be decided otherwise now is superseded; an allow that stands no more is only refused, and so is what an
 * approved action was given a grant for before: it may have been done, so nothing says that it was not.
 */
async function refused(
  { publicUrl, now }: ClaimContext,
  action: ActionRow,
  payload: ActionPayload,
  evaluation: Evaluation,
): Promise<ActionOutput> {
  if (action.status === 'allowed') {
    throw fault('grant_invalid', { detail: `It would not be allowed now: ${evaluation.reason.text} Propose it again.` })
  }
  if (action.grant_hash !== null)
    throw fault('grant_invalid', {
      detail: `Its grant was given before, and it would not be given now: ${evaluation.decision === 'allow' ? 'a halt, a suspension or a new signature came since.' : evaluation.reason.text} Say what came of it.`,
    })
  const at = new Date(now())
  const stale = evaluation.decision === 'allow'
  const { code, rule } = evaluation.reason
  const superseded = await transaction(async (db) => {
    const locked = await lockAction(db, action.id)
    if (locked?.status !== 'approved' || locked.approval_id === null) return false
    await closeApproval(db, locked.approval_id, 'superseded', at, { by: null, changed: [stale ? 'stopped' : 'gate'] })
    await moveAction(db, locked.id, 'superseded', at, true)
    await append(db, {
      kind: 'approval.superseded',
      actor: 'system',
      ...aboutAction(locked),
      ...(stale ? { labels: ['stopped_since'] } : { reason: code, rule }),
    })
    return true
  })
  if (!superseded) throw fault('conflict')
  const answer = outputOf({ ...action, status: 'superseded', approval_status: 'superseded' }, payload, publicUrl(), at)
  const why = stale
    ? {
        code: 'halted',
        text: 'A halt, a suspension or a new signature came after the verdict: it takes a fresh look.',
        rule: null,
      }
    : toldReason(evaluation.reason)
  return { ...answer, reason: why, reasons: [why] }
}
