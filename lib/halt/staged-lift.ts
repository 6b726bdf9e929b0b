import type { HaltScope } from './halt'

/** How long a request to lift waits for the second person, in milliseconds. */
export const LIFT_MS = 3_600_000

/** What a lift lets go: one agent, then a team, then all there is of the halt (C34, ADR 0042). */
export const LIFT_STAGES = ['agent', 'team', 'all'] as const
export type LiftStage = (typeof LIFT_STAGES)[number]

/** Where a halt stands: whole, let go in part, or lifted. */
export type LiftState = 'whole' | 'agent' | 'team' | 'lifted'

/**
 * What may follow each state, by the scope of the halt. Proposing takes two people for every step; `stop` takes one, and halts again what was let
 * go. Doing nothing keeps the rest halted, in every state. `all` from `whole` is lifting at once: possible, and recorded as that.
 */
export const LIFT_STEPS = {
  wide: { whole: ['agent', 'all'], agent: ['team', 'stop'], team: ['all', 'stop'], lifted: [] },
  team: { whole: ['agent', 'all'], agent: ['all', 'stop'], team: [], lifted: [] },
  narrow: { whole: ['all'], agent: [], team: [], lifted: [] },
} as const satisfies Record<string, Record<LiftState, readonly (LiftStage | 'stop')[]>>

/** What may be done next about a halt; a scope this version does not know is lifted whole or not at all. */
export function liftSteps(scope: string, state: LiftState): readonly (LiftStage | 'stop')[] {
  return LIFT_STEPS[WIDTH[scope as HaltScope] ?? 'narrow'][state]
}

const WIDTH: Partial<Record<HaltScope, keyof typeof LIFT_STEPS>> = {
  organisation: 'wide',
  environment: 'wide',
  team: 'team',
}

/** What the agents of a stage did since it began. `back`: how many asked for anything; `openAlerts`: nobody acknowledged them. */
export type StageShown = {
  agents: number
  back: number
  decisions: number
  allowed: number
  held: number
  refused: number
  failed: number
  alerts: number
  openAlerts: number
}

/** How long a stage in which nobody asked for anything stands before the next may be proposed, in milliseconds. */
export const SILENT_STAGE_MS = 15 * 60_000

export const STAGE_REFUSALS = {
  alerts_open: 'Alerts about the agents of this stage are open. Look at them first.',
  nothing_shown:
    'This stage has shown nothing yet: its agents have asked for nothing. Wait until one does, or for a quarter of an hour.',
} as const
export type StageRefusal = keyof typeof STAGE_REFUSALS

/** Why the next stage may not be proposed yet; null when it may. The gate holds the same (`halt_stage_refusal`). */
export function stageRefusal(
  shown: Pick<StageShown, 'decisions' | 'openAlerts'>,
  begunAt: Date,
  now: Date,
): StageRefusal | null {
  if (shown.openAlerts > 0) return 'alerts_open'
  const silent = shown.decisions === 0 && now.getTime() - begunAt.getTime() < SILENT_STAGE_MS
  return silent ? 'nothing_shown' : null
}

/** How long a halt from the database stands before its lift may be proposed, in milliseconds: whoever broke the glass can say why. */
export const GLASS_MS = 15 * 60_000

/** When the lift of a halt may be proposed at all: at once, but for one from the database. Null: not before a server has recorded it. */
export function liftableFrom(halt: { fromDatabase: boolean; recorded: boolean; engagedAt: Date }): Date | null {
  if (!halt.fromDatabase) return halt.engagedAt
  return halt.recorded ? new Date(halt.engagedAt.getTime() + GLASS_MS) : null
}

/** What people type to lift this: what is let go, by the name they know it by (`run_…` for a run). */
export function nameToType(halt: { scope: string; name: string | null; run: string | null }): string {
  if (halt.scope === 'organisation') return 'organisation'
  return halt.run ?? halt.name ?? halt.scope
}
