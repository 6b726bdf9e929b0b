/** Where an agent stands (DESIGN §7). Contained is not among them: it is derived, and ends when its reason does. */
export const AGENT_STATES = ['registered', 'active', 'suspended', 'retired'] as const
export type AgentState = (typeof AGENT_STATES)[number]

export const ENVIRONMENTS = ['production', 'staging', 'development', 'test'] as const
export type Environment = (typeof ENVIRONMENTS)[number]

/** Who may move an agent from which states to which: one table for the rule, the screens and the tests. */
export const AGENT_MOVES = {
  activate: { from: ['registered'], to: 'active', participle: 'activated' },
  suspend: { from: ['active'], to: 'suspended', participle: 'suspended' },
  resume: { from: ['suspended'], to: 'active', participle: 'resumed' },
  retire: { from: ['registered', 'active', 'suspended'], to: 'retired', participle: 'retired' },
} as const satisfies Record<string, { from: readonly AgentState[]; to: AgentState; participle: string }>

export type AgentMove = keyof typeof AGENT_MOVES

/** Whether an agent in a state can make a move. */
export function canMove(state: AgentState, move: AgentMove): boolean {
  return (AGENT_MOVES[move].from as readonly AgentState[]).includes(state)
}

/** What must be said before an agent may be activated, in the order people are asked (C02, C30). */
export const DATA_FIELDS = ['provider', 'region', 'retention', 'agreement', 'acceptedBy'] as const
export type DataField = (typeof DATA_FIELDS)[number]

/** What of the data handling is still open; empty when the agent may be activated as far as C30 goes. */
export function missingData(data: Partial<Record<DataField, string | null>>): DataField[] {
  return DATA_FIELDS.filter((field) => (data[field] ?? '').trim() === '')
}

/** The data handling as the ledger keeps it: everything named, what was not said as null. */
export function dataInWords(data: Partial<Record<DataField, string | null>>): Record<string, string | null> {
  return {
    provider: data.provider ?? null,
    region: data.region ?? null,
    retention: data.retention ?? null,
    agreement: data.agreement ?? null,
    accepted_by: data.acceptedBy ?? null,
  }
}

/** What containment needs to know of an agent. Dates are calendar days, `YYYY-MM-DD`, in the organisation's time zone. */
export type Watched = { ownerActive: boolean; reviewDate: string }

export type Containment = 'owner_missing' | 'review_overdue'

/**
 * Why an active agent is contained, strongest first: its owner is gone (C02), or the day of its review has passed (C11). A
 * lapsed boundary contains it as well; that is the boundary room's to say.
 * @param today the organisation's calendar day, `YYYY-MM-DD`
 */
export function containmentOf(agent: Watched, today: string): Containment[] {
  const reasons: Containment[] = []
  if (!agent.ownerActive) reasons.push('owner_missing')
  if (reviewOverdue(agent.reviewDate, today)) reasons.push('review_overdue')
  return reasons
}

/** A review is overdue from the day after its date: the date itself is still in time. */
export function reviewOverdue(reviewDate: string, today: string): boolean {
  return today > reviewDate
}

/**
 * The calendar day a moment falls on in a time zone, `YYYY-MM-DD`.
 * @param now milliseconds since 1970
 * @param timeZone an IANA name
 */
export function dayIn(timeZone: string, now: number): string {
  const parts = new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' })
    .formatToParts(now)
    .map(({ type, value }) => [type, value] as const)
  const { year, month, day } = Object.fromEntries(parts) as Record<string, string>
  return `${(year ?? '').padStart(4, '0')}-${month ?? ''}-${day ?? ''}`
}

/** Whole days from one calendar day to another; negative when the other lies before. */
export function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / 86_400_000)
}

/** The furthest a review may be put off: a year, like any privileged account's (C11). */
export const LONGEST_REVIEW_DAYS = 366

/** What is wrong with a review date, as a sentence; null when nothing is. */
export function reviewDateProblem(reviewDate: string, today: string): string | null {
  const days = daysBetween(today, reviewDate)
  if (!Number.isFinite(days)) return 'Give the date as year-month-day, like 2027-03-01.'
  if (days < 0) return 'That day has passed. Choose today or later.'
  if (days > LONGEST_REVIEW_DAYS)
    return `Choose a day within ${LONGEST_REVIEW_DAYS} days: an agent is looked at again at least once a year.`
  return null
}

/** A name an agent can have: also its URL, and the `agent` of its boundary. */
export const SLUG = /^[a-z][a-z0-9-]{1,62}$/
/** Names that are pages or the organisation's own. */
export const RESERVED_SLUGS: ReadonlySet<string> = new Set(['new', 'baseline', 'tools', 'upstreams', 'may', 'draft'])

/** What is wrong with an agent's name, as a sentence; null when nothing is. */
export function slugProblem(slug: string): string | null {
  if (!SLUG.test(slug)) return 'Use 2 to 63 small letters, digits and hyphens, beginning with a letter: soc-triage.'
  if (RESERVED_SLUGS.has(slug)) return `“${slug}” is a word Countersign itself uses. Choose another name.`
  return null
}
