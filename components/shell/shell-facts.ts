/** What a halt in force covers. */
export type HaltScope =
  | { kind: 'organisation' }
  | { kind: 'agent'; name: string }
  /** the slug of the agent whose run it is */
  | { kind: 'run'; name: string }
  | { kind: 'team' | 'environment' | 'server'; name: string }
  | { kind: 'tool'; name: string }

/** One halt in force, as the banner on every page says it. */
export type HaltFact = {
  /** `hlt_…` */
  id: string
  scope: HaltScope
  /** How many agents it stops. */
  agents: number
  /** Those that have not said they stopped. */
  unconfirmed: number
  /** ISO 8601, UTC. */
  since: string
  by: string
  reason: string | null
  /** it is a live drill, which is lifted by itself once it has been measured */
  drill: boolean
}

/** What the shell shows on every page. Loaded on the server with the page, then read again when the live stream says so. */
export type ShellFacts = {
  organisation: string
  person: { name: string; roles: readonly string[] }
  counts: {
    /** Approvals that wait for an answer from the person who looks. */
    approvals: number
    agents: number
    /** Boundaries that wait for a signature. */
    boundaries: number
    /** Alerts nobody has acknowledged. */
    alerts: number
    /** Changes that wait for a review by the person who looks. */
    reviews: number
  }
  /** In force, the widest first. */
  halts: readonly HaltFact[]
  onCall: { now: { name: string; until: string | null } | null; next: { name: string; from: string } | null }
  /** Since when a drill of the kill switch was due, ISO 8601, once it is overdue (C33). */
  drillOverdue: string | null
  ledger:
    /** Somebody or something walked all of it. */
    | { state: 'verified'; size: number; at: string }
    /** Under a signed checkpoint of so many entries. */
    | { state: 'sealed'; size: number; at: string }
    /** Under no checkpoint yet. */
    | { state: 'unsealed' }
    | /** `entry`: the first that is not what was signed, where one can be named; `words`: what is wrong there */ {
        state: 'broken'
        entry: number | null
        words: string
        at: string
      }
    | { state: 'unavailable'; since: string }
}
