/** What the gate answers, loosest first. */
export const DECISIONS = ['allow', 'hold', 'forbid'] as const
export type Decision = (typeof DECISIONS)[number]

/** The steps of the gate (DESIGN §4), in the order their reasons are told. */
export const STEPS = {
  credential: 1,
  halts: 2,
  agent: 3,
  boundary: 4,
  rules: 5,
  baseline: 6,
  arguments: 7,
  untrusted: 8,
  limits: 9,
  sandbox: 10,
  secrets: 11,
} as const
export type Step = (typeof STEPS)[keyof typeof STEPS]

/**
 * Every reason a decision can have: closed, part of the public contract (DESIGN §4). `decision` is the answer the code
 * stands for; `text` is what people read beside it.
 */
export const REASONS = {
  autonomous: { decision: 'allow', text: 'The boundary names this action as autonomous.' },
  read_in_scope: { decision: 'allow', text: 'It reads, and its scope allows reading.' },
  write_in_scope: { decision: 'allow', text: 'It writes, can be undone, stays inside, and its scope allows writing.' },
  elevated: { decision: 'allow', text: 'An elevation that people granted for a while covers it.' },
  observed: { decision: 'allow', text: 'Its boundary only observes: it is recorded, and not enforced.' },
  approved: { decision: 'allow', text: 'A person approved exactly this action.' },
  approval_required: { decision: 'hold', text: 'The boundary asks for a person’s approval.' },
  irreversible: { decision: 'hold', text: 'It cannot be undone.' },
  customer_facing: { decision: 'hold', text: 'A customer sees it.' },
  external: { decision: 'hold', text: 'It reaches outside the organisation.' },
  production: { decision: 'hold', text: 'It touches production.' },
  spends_money: { decision: 'hold', text: 'It spends money.' },
  unclassified_tool: { decision: 'hold', text: 'Nobody has said yet what this tool does.' },
  untrusted_content: { decision: 'hold', text: 'Its run has read content nobody vouches for.' },
  limit_reached: { decision: 'hold', text: 'The agent has used up one of its limits.' },
  inbox_full: { decision: 'forbid', text: 'Too much of what it asked for waits for people already.' },
  not_asked: { decision: 'forbid', text: 'It takes a person’s approval, and nobody was asked for it yet.' },
  never: { decision: 'forbid', text: 'The boundary says never.' },
  out_of_scope: { decision: 'forbid', text: 'It is neither named in the boundary nor in its scope.' },
  baseline: { decision: 'forbid', text: 'The organisation’s baseline says never.' },
  no_signed_boundary: { decision: 'forbid', text: 'No boundary has been signed for this agent.' },
  boundary_expired: { decision: 'forbid', text: 'The boundary has lapsed; at most reads in its scope still answer.' },
  review_overdue: {
    decision: 'forbid',
    text: 'The agent’s review is overdue; at most reads in its scope still answer.',
  },
  owner_missing: { decision: 'forbid', text: 'The agent has no owner; only reads in its scope still answer.' },
  agent_suspended: { decision: 'forbid', text: 'The agent is not active.' },
  halted: { decision: 'forbid', text: 'A halt is in force.' },
  sandbox_missing: { decision: 'forbid', text: 'It runs code without the sandbox the boundary asks for.' },
  secret_in_arguments: { decision: 'forbid', text: 'Its arguments hold a secret.' },
  invalid_arguments: { decision: 'forbid', text: 'Its arguments do not fit the tool’s schema.' },
  evaluation_error: { decision: 'forbid', text: 'The rules could not be evaluated.' },
} as const satisfies Record<string, { decision: Decision; text: string }>

export type ReasonCode = keyof typeof REASONS

/**
 * One match. `rule` names the place in a signed document (`approval_required[1]`, `mcp_scopes.crm`,
 * `baseline.never[0]`) or the check (`schema`, `secrets.github_token`), and never holds anything an agent supplied: it is
 * written into the ledger's entry. `detail` may hold such text, and belongs to the payload.
 */
export type Reason = { code: ReasonCode; step: Step; rule: string | null; text: string; detail?: string }

/** A match of a code at a step, with the code's text. */
export function reasonFor(code: ReasonCode, step: Step, rule: string | null, detail?: string): Reason {
  return { code, step, rule, text: REASONS[code].text, ...(detail !== undefined && { detail }) }
}

/** The stricter of two decisions: forbid > hold > allow. */
export function stricter(a: Decision, b: Decision): Decision {
  return DECISIONS.indexOf(a) >= DECISIONS.indexOf(b) ? a : b
}

/** Texts in the order of their code units, which no locale changes. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** The order in which reasons are told: by step, then code, then rule (DESIGN §4). Texts compare by code unit. */
export function compareReasons(a: Reason, b: Reason): number {
  return a.step - b.step || compareText(a.code, b.code) || compareText(a.rule ?? '', b.rule ?? '')
}

/** The states of an action and what may follow each (DESIGN §4): one table for the rule, the screens and the tests. */
export const ACTION_STATES = {
  proposed: ['allowed', 'held', 'forbidden'],
  held: ['approved', 'rejected', 'expired', 'withdrawn', 'superseded'],
  allowed: ['claimed', 'succeeded', 'failed', 'aborted', 'unknown', 'expired'],
  approved: ['claimed', 'succeeded', 'failed', 'aborted', 'unknown', 'superseded', 'expired'],
  claimed: ['succeeded', 'failed', 'aborted', 'unknown'],
  forbidden: [],
  rejected: [],
  expired: [],
  withdrawn: [],
  superseded: [],
  succeeded: [],
  failed: [],
  aborted: [],
  unknown: [],
} as const satisfies Record<string, readonly string[]>

export type ActionState = keyof typeof ACTION_STATES

/** Whether an action may go from one state to another. */
export function mayBecome(from: ActionState, to: ActionState): boolean {
  return (ACTION_STATES[from] as readonly ActionState[]).includes(to)
}

/** Whether nothing can follow a state. */
export function isFinal(state: ActionState): boolean {
  return ACTION_STATES[state].length === 0
}

/** The state a fresh decision puts an action in. */
export const STATE_OF_DECISION = { allow: 'allowed', hold: 'held', forbid: 'forbidden' } as const satisfies Record<
  Decision,
  ActionState
>
