import type { Answer } from '@/lib/approvals/approval'
import { closeApproval } from '@/lib/approvals/close'
import { openApproval } from '@/lib/approvals/open'
import { answererOf, newestApprovalAbout, verdictsGiven } from '@/lib/approvals/read'
import { mayTakeSeat, SEAT_REFUSALS, seatRule } from '@/lib/approvals/seat'
import { vote } from '@/lib/approvals/vote'
import { fault } from '@/lib/core/fault'
import { db, transaction, type Db } from '@/lib/db/client'
import { applyChange, type Applied } from '@/lib/db/gate'
import { pool } from '@/lib/db/pool'
import { append, prepareEntry } from '@/lib/ledger/append'
import type { Actor } from '@/lib/people/actor'
import { aboutHalt, labelOfAgent } from './about-halt'
import { agreedOn } from './agreed-lift'
import { answerAgreed, keepHalted } from './answer-agreed'
import { recordingRefusals } from './lift-refused'
import { askedBy, refuseOtherName, requestDigest, whatIsLifted, type Wanted, type WhatIsLifted } from './lift-request'
import { LIFT_MS, type LiftStage } from './staged-lift'
import { findHalt, lockLift, type HaltRow } from './store'
import { findLiftRequest, findStageAgents, findStages, insertLiftRequest } from './store-stages'

const SEATS = 2

/**
 * One person who would lift a halt, or a stage of it. `typed`: the name of what is let go, as they typed it; whoever keeps it in force
 * types none. `digest` is of the request they agree with; absent when they are the first to ask, who say the stage (all by default).
 */
export type LiftRequest = Partial<Wanted> & {
  haltId: string
  actor: Actor
  reason: string
  typed: string
  digest?: Buffer
  answer?: Answer
  now: Date
}

/** `asked`: it takes one more person. `refused`: turned down. `staged`: agents of it may run again. `lifted`: all of them may. */
export type LiftAnswer = {
  status: 'asked' | 'refused' | 'staged' | 'lifted'
  approvalId: string
  seats: number
  approvals: number
}

/**
 * Asks to lift a halt or a stage of it, or agrees with the colleague who asked (C34, ADR 0042): two people with a reason, one of whom did not
 * engage it. The second one's verdict is for the request they saw. The verdicts commit first; then the gate checks them itself,
 * under lock K, and lifts. If that is cut off in between, whoever presses again completes it. Every refusal is recorded.
 * @throws Fault `not_found`, `wrong_state` (lifted already, or not its turn), `invalid_request` on `typed`, `agent` or `team`, `digest_mismatch`,
 * `separation_of_duties`, `not_permitted`, `expired`
 */
export async function lift(request: LiftRequest): Promise<LiftAnswer> {
  return recordingRefusals(request, async () => {
    const { stage, keep, ...agreed } = await transaction((tx) => agree(tx, request))
    if (keep === true) await keepHalted(request, agreed.approvalId, stage)
    if (agreed.status === 'lifted' || agreed.status === 'staged') await complete(request, agreed.approvalId, stage)
    return agreed
  })
}

/** `keep`: two people had agreed, and this person says no. */
type Agreed = LiftAnswer & { stage: LiftStage; keep?: boolean }

async function agree(db: Db, request: LiftRequest): Promise<Agreed> {
  const { haltId, actor, reason, typed, digest, answer = 'approve', now } = request
  const halt = await findHalt(db, haltId)
  if (halt === null) throw fault('not_found', { detail: 'There is no such halt.' })
  if (halt.lifted_at !== null) throw fault('wrong_state', { detail: 'This halt was lifted already.' })
  await lockLift(db, haltId)
  const newest = await newestApprovalAbout(db, 'halt_lift', haltId)
  const agreed = newest === null ? null : await agreedOn(db, haltId, newest, now)
  if (newest !== null && agreed !== null) {
    const { stage, approvalId, keep } = await answerAgreed(db, request, { halt, approval: newest, agreed })
    const status = keep ? 'refused' : lifting(stage)
    return { status, stage, approvalId, keep, seats: SEATS, approvals: SEATS }
  }
  const open = newest?.status === 'pending' && newest.expiresAt > now ? newest : null
  if (open === null && (digest !== undefined || answer === 'reject')) {
    throw fault('expired', { detail: 'The request to lift this halt is over. Ask anew.' })
  }
  if (open !== null && digest === undefined) {
    throw fault('digest_mismatch', {
      detail: 'A colleague has asked to lift this halt in the meantime. Read their reason, then agree or not.',
    })
  }
  const wanted = { ...request, stage: request.stage ?? 'all' }
  const lifted = open === null ? await whatIsLifted(db, halt, wanted, now) : await askedBy(db, open.id, halt)
  if (answer === 'approve') refuseOtherName(typed, lifted.name)
  const asked = digest ?? requestDigest(haltId, lifted, reason, actor.id)
  const rule = seatRule('halt_lift', { notAloneId: halt.engaged_by })
  const seat = mayTakeSeat(rule, SEATS, [], answererOf(actor), answer)
  if (!seat.ok && open === null) throw fault('not_permitted', { detail: SEAT_REFUSALS[seat.reason] })
  const approvalId = open?.id ?? (await openRequest(db, halt, lifted, asked, now))
  const voted = await vote(db, {
    approvalId,
    person: { ...answererOf(actor), name: actor.name },
    answer,
    reason,
    digest: asked,
    now,
  })
  const status = voted.status === 'approved' ? lifting(lifted.stage) : voted.status === 'rejected' ? 'refused' : 'asked'
  // the lift itself has its own entry, written with it
  if (status === 'asked' || status === 'refused') {
    await append(db, {
      kind: 'halt.lift_voted',
      actor: `person:${actor.id}`,
      ...aboutHalt(halt, lifted.stage),
      about: { halt: haltId, approval: approvalId },
      verdicts: verdictsOf(voted.verdicts),
      ...(reason !== '' && { payload: { reason, lifts: lifted.name } }),
    })
  }
  const approvals = voted.verdicts.filter((each) => each.answer === 'approve').length
  return { status, stage: lifted.stage, approvalId, seats: SEATS, approvals }
}

async function openRequest(db: Db, halt: HaltRow, lifted: WhatIsLifted, digest: Buffer, now: Date): Promise<string> {
  const approvalId = await openApproval(
    db,
    {
      kind: 'halt_lift',
      subjectId: halt.id,
      digest,
      agentId: null,
      seats: SEATS,
      rule: seatRule('halt_lift', { notAloneId: halt.engaged_by }),
      expiresAt: new Date(now.getTime() + LIFT_MS),
    },
    now,
  )
  await insertLiftRequest(db, halt.id, { approval_id: approvalId, ...lifted })
  return approvalId
}

/** How often a stage is tried again whose agents changed between reading and lifting. */
const ROUNDS = 3

async function complete(
  { haltId, actor, reason, now }: LiftRequest,
  approvalId: string,
  stage: LiftStage,
): Promise<void> {
  const connections = pool('reserved')
  let applied: Applied
  for (let round = 1; ; round++) {
    applied = await applyLift({ haltId, actor, reason }, approvalId, stage, connections)
    if (applied.applied || applied.refused !== 'conflict' || round === ROUNDS) break
  }
  if (applied.applied) return
  // somebody else pressed at the same moment: what was agreed on is done
  const after = await findHalt(connections, haltId)
  const stages = await findStages(connections, [haltId])
  if (after?.lifted_at != null || stages.some((one) => one.approval_id === approvalId)) return
  // what the gate refuses now it refuses in an hour as well: people are to ask anew, not to press again
  await transaction((tx) => closeApproval(tx, approvalId, 'superseded', now))
  throw fault(applied.refused)
}

async function applyLift(
  { haltId, actor, reason }: Pick<LiftRequest, 'haltId' | 'actor' | 'reason'>,
  approvalId: string,
  stage: LiftStage,
  connections: ReturnType<typeof pool>,
): Promise<Applied> {
  const [halt, given, asked] = await Promise.all([
    findHalt(connections, haltId),
    verdictsGiven(db(), approvalId),
    findLiftRequest(connections, approvalId),
  ])
  const agents = asked === null ? [] : await findStageAgents(connections, haltId, asked)
  const about = halt === null ? null : aboutHalt(halt, stage)
  const entry = await prepareEntry(connections, {
    kind: stage === 'all' ? 'halt.lifted' : 'halt.stage_lifted',
    actor: `person:${actor.id}`,
    ...about,
    ...(stage === 'agent' && asked !== null && { agent: asked.target }),
    ...(stage === 'team' && { labels: [...(about?.labels ?? []), ...agents.map(labelOfAgent)] }),
    about: { halt: haltId, approval: approvalId },
    verdicts: verdictsOf(given),
    payload: {
      reasons: given.map((each) => ({ person: each.personId, reason: each.reason })),
      ...(asked !== null && { lifts: asked.name }),
    },
  })
  const change = { id: haltId, approval: approvalId, by: actor.id }
  const written = { ...entry, projection: null }
  return stage === 'all'
    ? applyChange('halt.lift', { ...change, reason: given[0]?.reason ?? reason }, written, connections)
    : applyChange('halt.stage', { ...change, agents }, written, connections)
}

const lifting = (stage: LiftStage) => (stage === 'all' ? 'lifted' : 'staged')

const verdictsOf = (given: readonly { personId: string; answer: Answer }[]) =>
  given.map(({ personId, answer }) => ({ person: personId, answer, capability: 'halt_lift' }))
