/**
 * What a person can halt (C31, C35), widest first. `named` is the field of a request that names which: null where there is but one.
 * `stops`: whether an agent under it may do nothing at all; under the others it goes on with the rest. A scope added here needs a line in
 * `haltCovers`, in `FROZEN`, in `grant_refusal()`, and in `TARGETS` of `targets.ts`.
 */
export const HALTS = {
  organisation: { named: null, stops: true },
  environment: { named: 'environment', stops: true },
  team: { named: 'team', stops: true },
  agent: { named: 'agent', stops: true },
  run: { named: 'run', stops: false },
  server: { named: 'server', stops: false },
  tool: { named: 'tool', stops: false },
} as const satisfies Record<string, { named: string | null; stops: boolean }>
export type HaltScope = keyof typeof HALTS
export const HALT_SCOPES = Object.keys(HALTS) as [HaltScope, ...HaltScope[]]

/** A halt as the rules read it; `target` is empty for the organisation, else the id of the agent or the run. */
export type Halt = {
  id: string
  scope: string
  target: string
  liftedAt: Date | null
  /** agents that a stage of its lift let go (ADR 0042); who does not say it stops them all the same */
  released?: readonly string[]
}

/** What of an agent a halt can name. */
export type HaltSubject = {
  agentId: string
  teamId: string
  environment: string
  runId?: string | null
  tool?: string
}

/** Whether a halt in force covers this subject. A scope we cannot read covers everything: fail closed. */
export function haltCovers(halt: Halt, subject: HaltSubject): boolean {
  if (halt.liftedAt !== null || halt.released?.includes(subject.agentId) === true) return false
  switch (halt.scope) {
    case 'organisation':
      return true
    case 'agent':
      return halt.target === subject.agentId
    case 'team':
      return halt.target === subject.teamId
    case 'environment':
      return halt.target === subject.environment
    case 'run':
      return halt.target === subject.runId
    case 'tool':
      return halt.target === subject.tool
    case 'server':
      return subject.tool !== undefined && subject.tool.slice(0, subject.tool.indexOf('.')) === halt.target
    default:
      return true
  }
}

/** Whether an agent under a halt of this scope may do nothing at all; a scope we cannot read stops it: fail closed. */
export function stopsAgent(scope: string): boolean {
  return Object.hasOwn(HALTS, scope) ? HALTS[scope as HaltScope].stops : true
}

/** How long an agent may take to say it stopped before it counts as *unconfirmed*, in milliseconds. */
export const CONFIRM_WITHIN_MS = 15_000

export type Confirmation = 'requested' | 'confirmed' | 'unconfirmed'

/** Where one agent stands under a halt at a moment (C31): told, stopped by its own word, or silent for too long. */
export function confirmation(engagedAt: Date, acknowledgedAt: Date | null, now: Date): Confirmation {
  if (acknowledgedAt !== null) return 'confirmed'
  return now.getTime() - engagedAt.getTime() < CONFIRM_WITHIN_MS ? 'requested' : 'unconfirmed'
}
