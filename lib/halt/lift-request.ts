import { canonicalBytes, sha256 } from '@/lib/core/canonical'
import { fault } from '@/lib/core/fault'
import { publicId } from '@/lib/core/ids'
import type { Db } from '@/lib/db/client'
import {
  liftableFrom,
  liftSteps,
  nameToType,
  STAGE_REFUSALS,
  stageRefusal,
  type LiftStage,
  type LiftState,
} from './staged-lift'
import { findSubject, findTeam, type HaltRow } from './store'
import { findLiftRequest, findStages } from './store-stages'

/** What one person would let go: a stage, and of it the agent (its slug) or the team (its name). */
export type Wanted = { stage: LiftStage; agent?: string | undefined; team?: string | undefined }

/** The same, found: `target` is a bare id, null for all; `name` is what people type. */
export type WhatIsLifted = { stage: LiftStage; target: string | null; name: string }

/**
 * What a person who asks would let go, if it may be proposed now.
 * @throws Fault `wrong_state` (its turn has not come, or nothing was shown), `invalid_request` or `not_found` naming `agent` or `team`
 */
export async function whatIsLifted(db: Db, halt: HaltRow, wanted: Wanted, now: Date): Promise<WhatIsLifted> {
  const from = liftableFrom({ fromDatabase: halt.from_database, recorded: halt.recorded, engagedAt: halt.engaged_at })
  if (from === null || from > now) {
    throw fault('wrong_state', {
      detail:
        'It was engaged from the database, by nobody known. It is recorded first and stands for a quarter of an hour, so that whoever did it can say why.',
    })
  }
  const state: LiftState = halt.stage ?? 'whole'
  if (!liftSteps(halt.scope, state).includes(wanted.stage)) {
    throw fault('wrong_state', { detail: `It is not the turn of ${STAGE_WORDS[wanted.stage]}.` })
  }
  await refuseSilentStage(db, halt, now)
  switch (wanted.stage) {
    case 'all':
      return { stage: 'all', target: null, name: nameOfHalt(halt) }
    case 'agent': {
      const agent = await findSubject(db, { slug: named('agent', wanted.agent) })
      const under =
        agent !== null &&
        agent.state !== 'retired' &&
        (halt.scope === 'organisation' || halt.target === agent.team_id || halt.target === agent.environment)
      if (!under) throw fault('not_found', { field: 'agent', detail: 'This halt stops no such agent.' })
      return { stage: 'agent', target: agent.id, name: agent.slug }
    }
    case 'team': {
      const name = named('team', wanted.team)
      const target = await findTeam(db, name)
      if (target === null) throw fault('not_found', { field: 'team', detail: 'There is no such team.' })
      return { stage: 'team', target, name }
    }
  }
}

/** What a request asks to lift, as it was written when it was made; one without a row asks for all of its halt. */
export async function askedBy(db: Db, approvalId: string, halt: HaltRow): Promise<WhatIsLifted> {
  return (await findLiftRequest(db, approvalId)) ?? { stage: 'all', target: null, name: nameOfHalt(halt) }
}

const STAGE_WORDS = { agent: 'one agent', team: 'a team', all: 'all of it' } as const

/** What people type to lift all of a halt. */
export function nameOfHalt(halt: HaltRow): string {
  return nameToType({ ...halt, run: halt.scope === 'run' ? publicId('run', halt.target) : null })
}

async function refuseSilentStage(db: Db, halt: HaltRow, now: Date): Promise<void> {
  if (halt.stage === null) return
  const standing = (await findStages(db, [halt.id])).find(({ ended_at: ended }) => ended === null)
  const { decisions = 0, open_alerts: openAlerts = 0 } = standing?.shown ?? {}
  const refusal = stageRefusal({ decisions, openAlerts }, standing?.begun_at ?? now, now)
  if (refusal !== null) throw fault('wrong_state', { detail: STAGE_REFUSALS[refusal] })
}

function named(field: 'agent' | 'team', given: string | undefined): string {
  if (given === undefined || given === '')
    throw fault('invalid_request', { field, detail: `Say which ${field} is let go.` })
  return given
}

/**
 * A name typed is the name, letter by letter, so that nobody lifts what they did not mean.
 * @throws Fault `invalid_request` on `typed`
 */
export function refuseOtherName(typed: string, name: string): void {
  if (typed.trim() === name) return
  throw fault('invalid_request', {
    field: 'typed',
    detail: `That is not what would be lifted. Type ${name}, exactly.`,
  })
}

/** What the second person agrees with: this halt, this stage of it, this reason, this colleague. */
export function requestDigest(haltId: string, lifted: WhatIsLifted, reason: string, askerId: string): Buffer {
  return sha256(
    canonicalBytes({
      v: 2,
      lift: publicId('halt', haltId),
      stage: lifted.stage,
      target: lifted.target,
      reason,
      by: publicId('person', askerId),
    }),
  )
}
