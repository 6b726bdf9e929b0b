import type { Baseline, Boundary, Sandbox } from '@/lib/boundary/boundary'
import type { JsonObject } from '@/lib/core/json'
import type { Attributes } from '@/lib/decisions/contract'
import type { Access, CatalogueTool } from '@/lib/tools/tool'
import type { Decision, Reason, ReasonCode } from './decision'

/**
 * Everything a decision depends on, loaded under one gate epoch: plain JSON, every moment in milliseconds since 1970.
 * `evaluate` reads nothing else, so a recorded decision can be replayed from its facts.
 */
export type Facts = {
  now: number
  /** Whether the credential presented names this agent and serves for more than stopping. */
  credential: boolean
  /** The halts in force whose scope covers this action. */
  halts: readonly { id: string; scope: HaltScope }[]
  /** The protected resources this action addresses (C21). */
  guarded: readonly { id: string; type: string; name: string }[]
  agent: AgentFacts
  /** The last signed boundary, lapsed or not. Keep the same `document` object from call to call: it is compiled once. */
  boundary: SignedBoundary | null
  /** What people granted for a while, and have not taken back (C07); those that have ended may be among them. */
  elevations: readonly Elevated[]
  baseline: { version: number; digest: string; document: Baseline } | null
  /** What is left to an agent whose boundary lapsed or whose review is overdue: its reads, as when this is absent, or nothing. */
  onLapse?: 'read_only' | 'suspend'
  /** What the catalogue knows of the tool; null when it is not in it. `class` is null until a person confirmed one. */
  tool: CatalogueTool | null
  action: {
    tool: string
    arguments: JsonObject
    resource: { type: string; id: string } | null
    /** what a foreign protocol says of who acts and of the resource; conditions read it */
    attributes?: Attributes
  }
  /** `sandbox`: what a runner attested for this very request. `openedAt`: null for an action that is its own run */
  run: { id: string | null; tainted: boolean; sandbox: Sandbox | null; openedAt: number | null }
  /** The holds a person approved, at the second run of the gate; null at the first. */
  approval: Discharge | null
  /**
   * What the agent did alone in the current minute, hour and day beside this: calls by the period, the rest by its counter
   * (`spend:EUR:day` in ten-thousandths, `tokens:hour`); what is absent is nothing.
   */
  used: { minute: number; hour: number; day: number } & Readonly<Record<string, number>>
  /** Of which inbox there is no place left for one more held action (C39): the agent's share, or everybody's; absent where there is. */
  full?: InboxFull
  /** False where a protocol only asks whether it is allowed: what a person would be asked about is refused, and can be asked for (ADR 0047). */
  asks?: false
}

export type InboxFull = 'agent' | 'all'

/** One elevation: scopes by server, tools by the names of the ceiling, and the first moment at which it has ended. */
export type Elevated = {
  id: string
  scopes: Readonly<Record<string, readonly Access[]>>
  tools: readonly string[]
  endsAt: number
}

export type HaltScope = 'organisation' | 'team' | 'environment' | 'agent' | 'run' | 'tool' | 'server'

export type AgentFacts = {
  slug: string
  state: 'registered' | 'active' | 'suspended' | 'retired'
  environment: string
  team: string
  /** False when the owner was deactivated or is missing. */
  owned: boolean
  /** The first moment at which the review is overdue. */
  reviewDueAt: number
}

export type SignedBoundary = {
  version: number
  digest: string
  document: Boundary
  signedAt: number
  lapsesAt: number
}

/**
 * An approval is for one digest and discharges exactly the holds recorded with it (DESIGN §4). `baselineDigest`: of the baseline it was
 * asked under, null where there was none; what a baseline held is discharged under that one alone.
 */
export type Discharge = {
  boundaryDigest: string
  baselineDigest: string | null
  holds: readonly { code: ReasonCode; rule: string | null }[]
}

/** The answer of the gate. `reasons` is every match at the winning strictness, `reason` the first of them. */
export type Evaluation = {
  decision: Decision
  reason: Reason
  reasons: readonly Reason[]
  contained: boolean
  /** where an elevation is what allows it: the moment at which that ends, in ms since 1970 */
  until?: number
  /** what a boundary that only observes would have answered, where that is stricter */
  observed?: { decision: Decision; reasons: readonly Reason[] }
}
