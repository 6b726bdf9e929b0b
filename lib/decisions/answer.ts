import { answererOf } from '@/lib/approvals/read'
import { SEAT_REFUSALS, type SeatRule } from '@/lib/approvals/seat'
import { vote, type Voted } from '@/lib/approvals/vote'
import { approvalFacts } from '@/lib/approvals/read'
import type { Answer } from '@/lib/approvals/approval'
import { fault } from '@/lib/core/fault'
import type { Db } from '@/lib/db/client'
import { lockAction, moveAction, type ActionRow } from '@/lib/decisions/store-actions'
import { newerBoundary } from '@/lib/decisions/store-waiting'
import { append } from '@/lib/ledger/append'
import type { EntryFacts } from '@/lib/ledger/entry'
import type { Actor } from '@/lib/people/actor'

/** One person's verdict on a held action. */
export type ActionVerdict = {
  approvalId: string
  actor: Actor
  answer: Answer
  reason: string
  digest: Buffer
  now: Date
}

/**
 * Answers a held action: the verdict, the approval, the action and one entry, in the transaction it is given. An approved
 * action does not run yet: its agent claims the grant, and the gate runs again then.
 * @throws Fault `not_found`, `frozen`, `separation_of_duties` for whoever owns the agent by now, and whatever `vote` refuses
 */
export async function answerAction(db: Db, verdict: ActionVerdict): Promise<Voted> {
  const { approvalId, actor, answer, reason, digest, now } = verdict
  const known = await approvalFacts(db, approvalId)
  const action = known?.kind === 'action' ? await lockAction(db, known.subjectId) : null
  if (action === null) throw fault('not_found', { detail: 'There is no such approval.' })
  if (action.frozen)
    throw fault('frozen', { detail: 'A halt is in force: nothing is decided until two people lift it.' })
  const version = await newerBoundary(db, action.id)
  if (version !== null)
    throw fault('wrong_state', {
      detail: `Version ${String(version)} of the boundary has been signed since it was asked. Its agent has to ask again under that.`,
    })
  const voted = await vote(db, {
    approvalId,
    person: { ...answererOf(actor), name: actor.name },
    answer,
    reason,
    digest,
    now,
  })
  // The rule was written when it was asked; whoever has taken the agent over since answers for it as much.
  if (voted.approval.seats === 1 && action.owner_id === actor.id)
    throw fault('separation_of_duties', { detail: SEAT_REFUSALS.owner_alone })
  if (voted.status !== 'pending') await moveAction(db, action.id, voted.status, now, voted.status === 'rejected')
  await append(db, {
    kind: voted.status === 'pending' ? 'approval.voted' : `approval.${voted.status}`,
    actor: `person:${actor.id}`,
    ...aboutAction(action),
    outcome: voted.status === 'pending' ? null : voted.status,
    verdicts: voted.verdicts.map((each) => ({
      person: each.personId,
      answer: each.answer,
      capability: capabilityOf(voted.approval.rule.asked, each.seat),
    })),
    ...(reason !== '' && { payload: { reason } }),
  })
  return voted
}

/** As what somebody answered, without naming anybody: `ciso`, `team`; `named` where the boundary named the person. */
function capabilityOf(asked: SeatRule['asked'], seat: number | null): string {
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
    action: action.id,
    tool: action.tool,
    boundary:
      action.boundary_version === null || action.boundary_digest === null
        ? null
        : { version: action.boundary_version, digest: action.boundary_digest },
    about: { approval: action.approval_id },
  }
}
