/**
 * What a person can halt today (C35); the database knows more scopes. `named` is the field of a request that names which: null where there
 * is but one. A scope added here needs a line in `haltCovers`, in `gate_halt_engage()` and in `TARGETS` of `engage.ts`.
 */
export const HALTS = {
  organisation: { named: null },
  agent: { named: 'agent' },
  run: { named: 'run' },
} as const satisfies Record<string, { named: string | null }>
export type HaltScope = keyof typeof HALTS
export const HALT_SCOPES = Object.keys(HALTS) as [HaltScope, ...HaltScope[]]

/** A halt as the rules read it; `target` is empty for the organisation, else the id of the agent or the run. */
export type Halt = { id: string; scope: string; target: string; liftedAt: Date | null }

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
  if (halt.liftedAt !== null) return false
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

/** How long an agent may take to say it stopped before it counts as *unconfirmed*, in milliseconds. */
export const CONFIRM_WITHIN_MS = 15_000

export type Confirmation = 'requested' | 'confirmed' | 'unconfirmed'

/** Where one agent stands under a halt at a moment (C31): told, stopped by its own word, or silent for too long. */
export function confirmation(engagedAt: Date, acknowledgedAt: Date | null, now: Date): Confirmation {
  if (acknowledgedAt !== null) return 'confirmed'
  return now.getTime() - engagedAt.getTime() < CONFIRM_WITHIN_MS ? 'requested' : 'unconfirmed'
}
