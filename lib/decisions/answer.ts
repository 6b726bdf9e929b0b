import { answererOf } from '@/lib/approvals/read'
import { SEAT_REFUSALS, type SeatRule } from '@/lib/approvals/seat'
import { vote, type Voted } from '@/lib/approvals/vote'
import { fault } from '@/lib/core/fault'
import type { Db } from '@/lib/db/client'
import { recordPlanted } from '@/lib/decisions/answer-planted'
import { askedAction } from '@/lib/decisions/asked-action'
import { provenBy, type Intended, type PasskeyAnswer } from '@/lib/decisions/answer-passkey'
import type { Told } from '@/lib/decisions/read-told'
import { lockAction, moveAction, stampEpoch, type ActionRow } from '@/lib/decisions/store-actions'
import { append } from '@/lib/ledger/append'
import type { EntryFacts } from '@/lib/ledger/entry'
import { keptWith } from '@/lib/ledger/subject-key'
import type { KeptAssertion } from '@/lib/people/passkey-assert'

/** One person's verdict on a held action. */
export type ActionVerdict = Intended & {
  /** the passkey's answer, its challenge taken already; absent: given in a session */
  passkey?: PasskeyAnswer | undefined
  /** what they say they looked at, in words (`lookedAt`) */
  looked?: readonly string[]
  /** part of stopping its run: what a halt has frozen can be rejected then, and nothing else */
  stopping?: boolean
}

/**
 * Answers a held action: the verdict, the approval, the action and one entry, in the transaction it is given. An approved
 * action does not run yet: its agent claims the grant, and the gate runs again then. A test request is answered by the same call, so that
 * nothing tells the two apart; its approver is told at once (ADR 0035).
 * @throws Fault `not_found`, `frozen`, `wrong_state` where something stopped it since the first approval, `separation_of_duties` for whoever owns the agent by now, what `provenBy` refuses, and
 *   whatever `vote` refuses
 */
export async function answerAction(db: Db, verdict: ActionVerdict): Promise<Voted & { told?: Told }> {
  const { approvalId, actor, answer, reason, digest, now, looked = [] } = verdict
  const action = await askedAction(db, approvalId, lockAction, now, verdict.stopping === true && answer === 'reject')
  const proof: { kept: KeptAssertion | null } = { kept: null }
  const voted = await vote(db, {
    approvalId,
    person: { ...answererOf(actor), name: actor.name },
    answer,
    reason,
    digest,
    now,
    prove: async (approval) => {
      proof.kept = await provenBy(db, approval, verdict)
      return proof.kept?.passkey ?? null
    },
  })
  // The rule was written when it was asked; whoever has taken the agent over since answers for it as much.
  const standsInFor = voted.verdicts.at(-1)?.forId
  if (voted.approval.seats === 1 && (action.owner_id === actor.id || action.owner_id === standsInFor))
    throw fault('separation_of_duties', { detail: SEAT_REFUSALS.owner_alone })
  if (voted.approval.kind === 'test') {
    const capability = capabilityOf(voted.approval.rule.asked, voted.verdicts.at(-1)?.seat ?? null)
    return {
      ...voted,
      told: await recordPlanted(db, voted, { personId: actor.id, reason, capability, passkey: proof.kept }),
    }
  }
  const approvedBefore = voted.verdicts.slice(0, -1).some((each) => each.answer === 'approve')
  if (answer === 'approve' && approvedBefore && action.revoked) throw fault('wrong_state', { detail: STOPPED_BETWEEN })
  // one stop after the first of them takes all of them: the look of whoever approves later is not everybody's (C22)
  if (answer === 'approve' && !approvedBefore) await stampEpoch(db, action.id, action.gate_epoch)
  if (voted.status !== 'pending') await moveAction(db, action.id, voted.status, now, voted.status === 'rejected')
  const named = aboutAction(action)
  await append(db, {
    kind: voted.status === 'pending' ? 'approval.voted' : `approval.${voted.status}`,
    actor: `person:${actor.id}`,
    ...named,
    about: { ...named.about, passkey: proof.kept?.passkey ?? null },
    outcome: voted.status === 'pending' ? null : voted.status,
    verdicts: voted.verdicts
      .filter(({ fallen }) => (fallen ?? null) === null)
      .map((each) => ({
        person: each.personId,
        answer: each.answer,
        capability: each.forId === null ? capabilityOf(voted.approval.rule.asked, each.seat) : 'delegate',
        ...(each.forId !== null && { for: each.forId }),
        ...(each.signedWith !== null && { assurance: 'passkey' as const }),
      })),
    // a reason speaks of what was asked, and is erased with it
    under: await keptWith(db, action.id),
    ...((reason !== '' || proof.kept !== null || looked.length > 0) && {
      payload: {
        reason,
        ...(proof.kept && { passkey: proof.kept }),
        ...(looked.length > 0 && { looked: [...looked] }),
      },
    }),
  })
  return voted
}

const STOPPED_BETWEEN =
  'A halt, a suspension or a new signature came after the first approval, so what was approved then takes a fresh look by everybody. It is superseded; its agent has to ask again.'

/** As what somebody answered, without naming anybody: `ciso`, `team`; `named` where the boundary named the person. */
export function capabilityOf(asked: SeatRule['asked'], seat: number | null): string {
  if (asked === undefined || seat === null) return 'analyst'
  const word = asked[seat]?.find((each) => !each.includes('@')) ?? 'named'
  return word.startsWith('team:') ? 'team' : word
}

/** What every entry about an action names of it. */
export function aboutAction(
  action: ActionRow,
): Pick<EntryFacts, 'agent' | 'owner' | 'run' | 'action' | 'tool' | 'boundary' | 'about'> {
  return {
    agent: action.agent_id,
    owner: action.owner_id,
    run: action.run_id,
    action: action.planted === true ? null : action.id,
    tool: action.tool,
    boundary:
      action.boundary_version === null || action.boundary_digest === null
        ? null
        : { version: action.boundary_version, digest: action.boundary_digest },
    about: { approval: action.approval_id },
  }
}
