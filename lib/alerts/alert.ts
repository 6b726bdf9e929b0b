import type { Period } from '@/lib/boundary/boundary'
import { LIMIT_KINDS, type LimitName, LIMITS } from '@/lib/boundary/limits'

/** How loud an alert is, in rising order. */
export const SEVERITIES = ['notice', 'warning', 'critical'] as const
export type Severity = (typeof SEVERITIES)[number]

/**
 * What raises an alert (C20). `starts` is the severity of the first occurrence; with `repeats` occurrences before anybody
 * acknowledged it, it escalates one step, and again with twice as many.
 */
export const ALERT_KINDS = {
  forbidden: { title: 'Forbidden action proposed', starts: 'warning', repeats: 3 },
  rejected: { title: 'Proposal rejected by a person', starts: 'notice', repeats: 3 },
  unreadable: { title: 'Rules could not be evaluated', starts: 'critical', repeats: 3 },
  outcome_unknown: { title: 'Nobody knows what came of an action', starts: 'warning', repeats: 3 },
  // people approved it, and most enforcement points say nothing: to be known, not to wake anybody
  outcome_not_told: { title: 'What came of an approval is not told', starts: 'notice', repeats: 20 },
  halt_look_again: { title: 'A halt waits for somebody to look again', starts: 'warning', repeats: 100 },
  on_call_gap: { title: 'Nobody is on call', starts: 'warning', repeats: 3 },
  drill_due: { title: 'A drill is due', starts: 'notice', repeats: 3 },
  unanswered: { title: 'Requests wait too long', starts: 'notice', repeats: 10 },
  hooks_silent: { title: 'A session asks nobody', starts: 'warning', repeats: 3 },
  limit_reached: { title: 'Limit reached', starts: 'notice', repeats: 20 },
  watch_halted: { title: 'Halted by a rule of its boundary', starts: 'critical', repeats: 3 },
  watch_noticed: { title: 'Watch rule came true', starts: 'warning', repeats: 3 },
  tool_changed: { title: 'Tool changed', starts: 'warning', repeats: 3 },
  rubber_stamping: { title: 'Answers come unread', starts: 'warning', repeats: 100 },
  term_near: { title: 'A boundary lapses, or a review is due', starts: 'notice', repeats: 100 },
  term_over: { title: 'A boundary has lapsed, or a review is overdue', starts: 'critical', repeats: 3 },
  review_problem: { title: 'A review found a problem', starts: 'critical', repeats: 3 },
  review_missed: { title: 'A review is overdue', starts: 'warning', repeats: 10 },
  stream_failing: { title: 'Stream does not deliver', starts: 'warning', repeats: 3 },
  stream_behind: { title: 'Stream is behind', starts: 'warning', repeats: 3 },
  channel_failing: { title: 'People are not told', starts: 'warning', repeats: 3 },
  ledger_broken: { title: 'Ledger is not whole', starts: 'critical', repeats: 3 },
  ledger_late: { title: 'Ledger entries wait too long', starts: 'critical', repeats: 3 },
  checkpoints_stay: { title: 'Checkpoints do not leave', starts: 'warning', repeats: 3 },
  holder_silent: { title: 'Holder of checkpoints is silent', starts: 'warning', repeats: 3 },
} as const satisfies Record<string, { title: string; starts: Severity; repeats: number }>
export type AlertKind = keyof typeof ALERT_KINDS

/** What the room reads of a ledger entry. */
export type Observed = {
  kind: string
  outcome: string | null
  reason?: string | null
  agentId: string | null
  labels?: readonly string[]
  streamId?: string | null
  channelId?: string | null
  toolId?: string | null
}

/** Entries about a stream that somebody must hear of: what does not leave this house is missed where people look. */
const STREAM_ALERTS: Readonly<Record<string, AlertKind>> = {
  'stream.failed': 'stream_failing',
  'stream.lagged': 'stream_behind',
}

/** The alert an entry calls for. `once`: it counts once in such a time, however often it happens in it. */
export type Called = { kind: AlertKind; key: string; agentId: string | null; once?: Period }

/**
 * The alert an entry raises or extends, or null. The key is what repeats have in common: the same agent doing the same kind of
 * thing is one alert that grows, not a hundred.
 */
export function alertFor(entry: Observed): Called | null {
  const stream = STREAM_ALERTS[entry.kind]
  if (stream !== undefined && entry.streamId) return { kind: stream, key: `${stream}:${entry.streamId}`, agentId: null }
  if (entry.kind === 'channel.failed' && entry.channelId)
    return { kind: 'channel_failing', key: `channel_failing:${entry.channelId}`, agentId: null }
  if (entry.kind === 'tool.changed' && entry.toolId && entry.labels?.includes('held') === true)
    return { kind: 'tool_changed', key: `tool_changed:${entry.toolId}`, agentId: null }
  if (entry.agentId === null) return null
  const kind =
    entry.kind === 'action.decided' && entry.outcome === 'forbid'
      ? // not the agent's doing: a boundary, or the facts beside it, cannot be read
        entry.reason === 'evaluation_error'
        ? 'unreadable'
        : 'forbidden'
      : entry.kind === 'approval.rejected'
        ? 'rejected'
        : entry.kind === 'action.expired' && entry.labels?.includes('no_outcome') === true
          ? 'outcome_unknown'
          : entry.kind === 'action.expired' && entry.labels?.includes('not_told') === true
            ? 'outcome_not_told'
            : entry.kind === 'approval.escalated'
              ? 'unanswered'
              : isUnasked(entry)
                ? 'hooks_silent'
                : reviewed(entry)
  if (kind !== null) return { kind, key: `${kind}:${entry.agentId}`, agentId: entry.agentId }
  const limit = reachedLimit(entry.labels ?? [])
  if (limit === null) return null
  const { period } = LIMIT_KINDS[limit]
  const key = `limit_reached:${entry.agentId}:${limit}`
  return { kind: 'limit_reached', key, agentId: entry.agentId, once: period ?? 'hour' }
}

/** A session began and no hook was heard of it, or a tool ran in one that no decision let through. */
const isUnasked = ({ kind, labels }: Observed): boolean =>
  kind === 'hook_token.unheard' || (kind === 'run.reported' && labels?.includes('undecided') === true)

/** What a review of an agent's change calls for: somebody found something wrong in it, or nobody looked in time. */
function reviewed({ kind, labels }: Observed): AlertKind | null {
  if (kind === 'review.missed') return 'review_missed'
  return kind === 'review.closed' && labels?.includes('problem') === true ? 'review_problem' : null
}

const REACHED = 'reached_'

/** The limit an entry says is used up, the longest of several: whoever has used up a day has used up its hours. */
function reachedLimit(labels: readonly string[]): LimitName | null {
  return LIMITS.findLast((name) => labels.includes(REACHED + name)) ?? null
}

/** The limit an alert is about, by its key; null when it is about something else. */
export function limitOfKey(key: string): LimitName | null {
  const [kind, , name] = key.split(':', 3)
  return kind === 'limit_reached' ? (LIMITS.find((limit) => limit === name) ?? null) : null
}

/** How many occurrences it takes to rise from the first severity by one step, by two, … */
export function severityOf(kind: AlertKind, count: number): Severity {
  const { starts, repeats } = ALERT_KINDS[kind]
  const steps = count < repeats ? 0 : 1 + Math.floor(Math.log2(count / repeats))
  return louder(starts, steps)
}

/** An open alert that nobody acknowledged comes again after 15 minutes, then after twice as long each time, at most every 4 h. */
export const REMIND_FIRST_MS = 15 * 60_000
export const REMIND_AT_MOST_EVERY_MS = 4 * 3_600_000

/**
 * Whether an unacknowledged alert is due to come again, and louder: silence is what escalation is for.
 * @param sinceFirstMs  how long it has been open
 * @param sinceLastMs   how long since it was raised or last came again
 */
export function reminderDue(sinceFirstMs: number, sinceLastMs: number): boolean {
  const interval = Math.min(Math.max(REMIND_FIRST_MS, sinceFirstMs / 2), REMIND_AT_MOST_EVERY_MS)
  return sinceLastMs >= interval
}

/** A severity some steps up; `critical` stays. */
export function louder(severity: Severity, steps = 1): Severity {
  const at = Math.min(SEVERITIES.indexOf(severity) + steps, SEVERITIES.length - 1)
  return SEVERITIES[at] ?? 'critical'
}

/** The louder of two. */
export function loudest(one: Severity, other: Severity): Severity {
  return SEVERITIES.indexOf(one) >= SEVERITIES.indexOf(other) ? one : other
}

/**
 * What an alert says, without how often.
 * @param who the agent, the tool or the stream it is about, where it is about one
 * @param limit the limit it is about, where it is about one
 */
export function alertSentence(kind: AlertKind, who: string | undefined, limit: LimitName | null = null): string {
  switch (kind) {
    case 'forbidden':
      return `${who ?? 'An agent'} proposed what is forbidden`
    case 'rejected':
      return `People rejected what ${who ?? 'an agent'} proposed`
    case 'unreadable':
      return `The rules for ${who ?? 'an agent'} cannot be evaluated, so everything it asks is forbidden`
    case 'outcome_unknown':
      return `${who ?? 'An agent'} was let through and never said what came of it`
    case 'outcome_not_told':
      return `People approved what ${who ?? 'an agent'} asked for, and the enforcement point that let it through never said what came of it`
    case 'on_call_gap':
      return 'The rota leaves a time in which nobody is on call'
    case 'drill_due':
      return 'A drill of the kill switch is due, and nobody has begun one'
    case 'halt_look_again':
      return 'A halt is in force beyond the time at which somebody was to look again'
    case 'unanswered':
      return `What ${who ?? 'an agent'} asks waits for an answer longer than it should`
    case 'hooks_silent':
      return `${who ?? 'An agent'} works in a session that asks nobody`
    case 'limit_reached':
      return limit === 'concurrent_runs'
        ? `${who ?? 'An agent'} asked for more runs at a time than it may have`
        : `${who ?? 'An agent'} reached ${limit === null ? 'a limit' : `its limit on ${LIMIT_KINDS[limit].words}`}, and asked a person`
    case 'watch_halted':
      return `${who ?? 'An agent'} was halted by a rule of its boundary`
    case 'watch_noticed':
      return `${who ?? 'An agent'} did what its boundary watches for`
    case 'tool_changed':
      return `${who ?? 'A tool'} is not what a person confirmed, and asks a person until somebody has read it`
    case 'rubber_stamping':
      return who === undefined
        ? 'Somebody answers faster than what is shown can be read'
        : `What ${who} asks is answered faster than it can be read`
    case 'term_near':
      return `${who ?? 'An agent'} loses permissions soon unless somebody acts`
    case 'term_over':
      return `${who ?? 'An agent'} has lost permissions: what bound them is over`
    case 'review_problem':
      return `A person found a problem in what ${who ?? 'an agent'} changed by itself`
    case 'review_missed':
      return `Nobody reviewed in time what ${who ?? 'an agent'} changed by itself`
    case 'stream_failing':
      return `${who === undefined ? 'A stream' : `The stream ${who}`} does not deliver`
    case 'stream_behind':
      return `${who === undefined ? 'A stream' : `The stream ${who}`} is behind`
    case 'channel_failing':
      return 'A channel by which people are told does not deliver'
    case 'ledger_broken':
      return 'The ledger is not what was signed'
    case 'ledger_late':
      return 'Entries wait too long for their place in the ledger'
    case 'checkpoints_stay':
      return 'The ledger grew and no checkpoint left'
    case 'holder_silent':
      return 'Somebody who holds checkpoints went silent'
  }
}

/** Whether an alert is about the ledger itself, and so was raised by no entry. */
export function isOfLedger(kind: AlertKind): boolean {
  return kind === 'ledger_broken' || kind === 'ledger_late' || kind === 'checkpoints_stay' || kind === 'holder_silent'
}

/** Whether an alert is about what ends in days, and so was raised by no entry, and comes again by its own steps. */
export function isOfTerm(kind: AlertKind): boolean {
  return kind === 'term_near' || kind === 'term_over'
}

/** The stream an alert is about, by its key; null when it is about something else. */
export function streamOfKey(key: string): string | null {
  const [kind, id] = key.split(':', 2)
  return kind?.startsWith('stream_') === true && id !== undefined ? id : null
}

/** The tool an alert is about, by its key; null when it is about something else. */
export function toolOfKey(key: string): string | null {
  const [kind, id] = key.split(':', 2)
  return kind === 'tool_changed' && id !== undefined ? id : null
}
