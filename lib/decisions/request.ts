import type { Attributes } from '@/lib/decisions/contract'
import type { CommandParts } from '@/lib/boundary/commands/parts'
import type { ApprovalStatus } from '@/lib/approvals/approval'
import type { PasskeyFor } from '@/lib/approvals/assurance'
import type { Seat } from '@/lib/approvals/seat'
import type { Evidence, Reasoning, Resource } from '@/lib/runs/contract'
import type { ToolClass } from '@/lib/tools/tool'
import type { Exact } from './exact'
import type { Scrutiny } from './scrutiny'
import type { Told } from './read-told'
import type { SentencePart } from './sentence'
import type { Shown } from './shown'
import { STAKES, type Stakes } from './stakes-order'

/**
 * A held action as people see it while it waits: one row of the inbox, and the page of one request. Times are ISO 8601, ids
 * are public ones, so that a view is the same in the HTML and in the query cache. Every text an agent supplied is named here
 * and goes on screen as data: the `data` of a sentence, `resource`, `arguments`, `requester.id`, `reasoning`, `evidence`, `untrustedSources`.
 */
export type RequestRow = {
  /** `apr_…` */
  id: string
  /** `act_…` */
  action: string
  agent: string
  tool: string
  /** What it wants to do, without its name: `text` is ours, `data` is its own words. */
  sentence: readonly SentencePart[]
  /** The code it was held for: a reason of DESIGN §4. */
  reason: string
  untrusted: boolean
  /** How much is at stake (stakes.ts). */
  stakes: Stakes
  /** Requests that are alike, and answered by the viewer or not, and frozen or not, as this one: the key of their kind, and how many; this one's deadline is the nearest. */
  alike: { key: string; count: number }
  status: ApprovalStatus
  /** The halt that lies over it: no verdict counts until two people lift it. */
  frozen: { id: string; scope: string } | null
  openedAt: string
  expiresAt: string
  /** Whether the person who looks may answer, and why not. */
  yours: Seat
}

/** How the inbox is looked at: by deadline or by what is at stake, everybody's or what one person may answer, at most so many rows. */
export type InboxShow = { mine: boolean; order: 'deadline' | 'risk'; most: number }

/**
 * The inbox: what waits and this person may see, those that are alike as one row, and the last verdict, for when nothing does.
 * `kinds` counts the rows there would be without a limit, `waiting` the requests of everybody, those of
 * the person, and those of everybody that a halt has frozen.
 */
export type InboxView = {
  rows: readonly RequestRow[]
  kinds: number
  waiting: { all: number; mine: number; frozen: number }
  lastVerdict: { by: string; at: string; answer: 'approve' | 'reject' } | null
}

/** Who looks at which request, and who has taken it (`lib/approvals/looking.ts`). It decides nothing and blocks nobody. */
export type LookingAt = {
  /** `apr_…` */
  request: string
  taken: { id: string; name: string; you: boolean; at: string } | null
  looking: readonly { id: string; name: string; you: boolean; since: string }[]
  /** milliseconds until the next of these words is over, unless it is said again */
  lapsesIn: number
}
export type LookingView = readonly LookingAt[]

/** Somebody's verdict, in their words. */
export type GivenVerdict = {
  person: { id: string; name: string }
  answer: 'approve' | 'reject'
  reason: string
  /** the seat it took, from 0; null where all are alike */
  seat: number | null
  /** for whom, where they stood in for somebody who was away */
  absent: { id: string; name: string } | null
  /** given with a passkey */
  passkey: boolean
  /** why it counts no more, in words; null where it counts */
  fallen: string | null
  at: string
}

/** One earlier request of the same agent for the same tool. */
export type EarlierRequest = {
  action: string
  at: string
  resource: Resource | null
  /** Where the asking ended. */
  verdict: ApprovalStatus
  by: string | null
  /** Where the action stands: `succeeded`, `failed`, … */
  status: string
}

/** A rule that held an action, in the text that was signed, with the way to where it stands in it. */
export type HeldBy = {
  /** as a reason names it: `approval_required[2]`, `baseline.limits.actions_per_hour` */
  rule: string
  /** what the document says there, as a person wrote it; null where its text has no such place */
  text: string | null
  /** the line it begins on, from 1 */
  line: number | null
  /** whose document: an agent's slug, or the baseline's name */
  of: string
  version: number
}

export type RequestDetail = RequestRow & {
  /** Of exactly what is asked; a verdict carries it back. */
  digest: string
  seats: number
  verdicts: readonly GivenVerdict[]
  /** Whom each seat asks, in words, one a seat: `an analyst`, `somebody of team payments or a CISO`. */
  asked: readonly string[]
  /** When others may answer as well (`seated`) or are told, whom in words, while nobody has answered; the first first. */
  escalations: readonly { at: string; to: string; seated: boolean }[]
  /** Those who may never fill a seat of this one, and why: shown beside the open seats. */
  barred: readonly { name: string; why: string }[]
  you: { approve: Seat; reject: Seat }
  /** What an answer takes beyond a session, as of when it was asked, and whether the viewer has a passkey and this address can. */
  takes: { passkey?: Exclude<PasskeyFor, 'registered'>; reason?: true; has: boolean; possible: boolean }
  closedAt: string | null
  /** What changed about it (superseded.ts), and the `act_…` that took its place; null where it was not superseded. */
  superseded: { changed: readonly string[]; by: string | null } | null
  owner: { id: string; name: string }
  environment: string
  run: { id: string; openedAt: string; tainted: boolean } | null
  /** On whose request, by whose word. */
  requester: { type: string; id: string; proof: 'asserted' | 'verified' } | null
  resource: Resource | null
  /** What an enforcement point said of subject and resource beside it: the answer may rest on it. */
  attributes: Attributes | null
  /** What a person confirmed about the tool; null where nobody did. */
  toolClass: Required<ToolClass> | null
  /** As recorded, where they are small enough to be edited in a page (`exact.text`); else empty. */
  arguments: unknown
  /** The arguments as recorded, as text with line ends; the same holds. */
  argumentsRaw: string
  /** The arguments in the forms in which they are decided on, bounded. */
  shown: Shown
  /** What the digest was computed over; null where it was erased. */
  exact: Exact | null
  /** What each rule that held it says, in its document's own text. */
  heldBy: readonly HeldBy[]
  /** What a shell's command would run, part by part, where the tool is one; as it was recorded, hostile text. */
  parts: CommandParts | null
  /** What to look for in its kind, and what rules noticed in its arguments. */
  scrutiny: Scrutiny
  /** What a person edited it to, as it stands above, and what was asked for; null where nobody did. */
  edited: { by: string; at: string; asked: unknown } | null
  /** What approvers asked its agent, and what it answered: hostile text. */
  questions: readonly {
    id: string
    by: string
    text: string
    at: string
    answer: string | null
    answeredAt: string | null
  }[]
  /** Every hold recorded with it: an approval discharges exactly these. */
  reasons: readonly { code: string; text: string; rule: string | null }[]
  boundary: { version: number; digest: string; signer: string | null; signedAt: string | null } | null
  reasoning: Reasoning | null
  evidence: readonly Evidence[]
  untrustedSources: readonly string[]
  earlier: readonly EarlierRequest[]
  /** Earlier ones were looked for among this many of the agent's newest requests. */
  earlierAmong: number
  /** The payload was erased: what was asked can no longer be read, only that it was. */
  erased: boolean
  /** What is stored is not what the entry commits to: somebody changed it, so it is not shown. */
  broken: boolean
  /** It is marked sensitive and not for this reader to decide: its words open once they say why, for `action`; null where it is not theirs to say. */
  sensitive: { action: string | null } | null
  /** It was a test, and is answered: what there was to find (ADR 0035). Until then nothing here tells it from an action. */
  told?: Told
}

/** Requests that are alike, one by one, and whether they may be answered together. */
export type AlikeView = {
  key: string
  rows: readonly AlikeRequest[]
  /** how many there are; `rows` holds the nearest deadlines */
  count: number
  together: Together
}
export type AlikeRequest = RequestRow & {
  digest: string
  resource: Resource | null
  requester: string | null
  arguments: unknown
}

/** Why requests are answered one by one: closed, shown in place of the form. */
export const NOT_TOGETHER = {
  stakes: 'More is at stake in these than a glance is good for: they are answered one by one.',
  irreversible: 'What these do cannot be undone, so each takes a look of its own.',
  unclassified: 'Nobody has said yet what this tool does, so each takes a look of its own.',
  seats: 'Each of these takes more than one person, so they are answered one by one.',
  large: 'What these would send is too large to be listed side by side, so each takes a look of its own.',
  few: 'There is only one.',
} as const
export type Together = { ok: true } | { ok: false; reason: keyof typeof NOT_TOGETHER }

/**
 * Whether several requests of one kind may be answered in one act (C23): low stakes, nothing that cannot be undone, one seat each. Each is
 * listed all the same, none is chosen beforehand, and each verdict carries the digest of its own request.
 */
export function mayAnswerTogether(
  rows: readonly { stakes: Stakes; toolClass: Required<ToolClass> | null; seats: number; large?: boolean }[],
): Together {
  if (rows.length < 2) return { ok: false, reason: 'few' }
  if (rows.some(({ stakes }) => stakes !== 'low')) return { ok: false, reason: 'stakes' }
  if (rows.some(({ toolClass }) => toolClass === null)) return { ok: false, reason: 'unclassified' }
  if (rows.some(({ toolClass }) => toolClass?.reversible !== true)) return { ok: false, reason: 'irreversible' }
  if (rows.some(({ seats }) => seats > 1)) return { ok: false, reason: 'seats' }
  if (rows.some(({ large }) => large === true)) return { ok: false, reason: 'large' }
  return { ok: true }
}

/** What stands apart below the requests that wait for whoever looks: taken by somebody else, for others to answer, under a halt. */
const APART = ['claimed', 'others', 'frozen'] as const
type Apart = (typeof APART)[number]
export const REQUEST_GROUPS = ['hour', 'today', 'later', ...APART] as const
export type RequestGroup = (typeof REQUEST_GROUPS)[number]

type Grouped = Pick<RequestRow, 'expiresAt' | 'frozen' | 'id' | 'yours'>
const NONE: ReadonlySet<string> = new Set()

/** @param claimed the requests somebody else has taken */
function apartOf(row: Pick<RequestRow, 'frozen' | 'id' | 'yours'>, claimed: ReadonlySet<string>): Apart | undefined {
  if (row.frozen) return 'frozen'
  if (!row.yours.ok) return 'others'
  return claimed.has(row.id) ? 'claimed' : undefined
}

const HOUR = 3_600_000
const DAY = 24 * HOUR

/** Which group of the inbox a request belongs to at a moment. Frozen ones stand apart: their deadline is not what they wait for. */
export function groupOf(row: Grouped, now: Date, claimed: ReadonlySet<string> = NONE): RequestGroup {
  const left = Date.parse(row.expiresAt) - now.getTime()
  return apartOf(row, claimed) ?? (left <= HOUR ? 'hour' : left <= DAY ? 'today' : 'later')
}

/** The inbox in its groups, the nearest deadline first; groups without a request are left out. */
export function byDeadline<T extends Grouped>(
  rows: readonly T[],
  now: Date,
  claimed: ReadonlySet<string> = NONE,
): readonly { group: RequestGroup; rows: readonly T[] }[] {
  const sorted = rows.toSorted((a, b) => Date.parse(a.expiresAt) - Date.parse(b.expiresAt) || (a.id < b.id ? -1 : 1))
  return REQUEST_GROUPS.map((group) => ({
    group,
    rows: sorted.filter((row) => groupOf(row, now, claimed) === group),
  })).filter((each) => each.rows.length > 0)
}

export type StakesGroup = Stakes | Apart

/** The inbox by what is at stake, the most first; within each the nearest deadline first. */
export function byStakes<T extends Grouped & Pick<RequestRow, 'stakes'>>(
  rows: readonly T[],
  claimed: ReadonlySet<string> = NONE,
): readonly { group: StakesGroup; rows: readonly T[] }[] {
  const sorted = rows.toSorted((a, b) => Date.parse(a.expiresAt) - Date.parse(b.expiresAt) || (a.id < b.id ? -1 : 1))
  const groups: readonly StakesGroup[] = [...STAKES.toReversed(), ...APART]
  return groups
    .map((group) => ({ group, rows: sorted.filter((row) => (apartOf(row, claimed) ?? row.stakes) === group) }))
    .filter((each) => each.rows.length > 0)
}

/** The request after one in the order of the inbox, or the one before when it was the last: where the focus goes next. */
export function nextAfter<T extends Grouped & Pick<RequestRow, 'stakes'>>(
  rows: readonly T[],
  id: string,
  now: Date,
  by: InboxShow['order'] = 'deadline',
  claimed: ReadonlySet<string> = NONE,
): T | undefined {
  const order = (by === 'risk' ? byStakes(rows, claimed) : byDeadline(rows, now, claimed)).flatMap((group) => [
    ...group.rows,
  ])
  const at = order.findIndex((row) => row.id === id)
  return at === -1 ? order[0] : (order[at + 1] ?? order[at - 1])
}

type ToldReason = { code: string; text: string; rule: string | null }

/** Reasons as they are told: those that one rule gave together, in one sentence, with the rule named once. */
export function byRule(reasons: readonly ToldReason[]): readonly { rule: string | null; text: string; code: string }[] {
  const rules = [...new Set(reasons.map(({ rule, code }) => rule ?? code))]
  return rules.map((key) => {
    const together = reasons.filter(({ rule, code }) => (rule ?? code) === key)
    const [first, ...rest] = together.map(({ text }) => text.replace(/\.$/, ''))
    const lower = rest.map((text) => text.charAt(0).toLowerCase() + text.slice(1))
    return {
      rule: together[0]?.rule ?? null,
      code: together[0]?.code ?? '',
      text: [first, ...lower].join('; '),
    }
  })
}
