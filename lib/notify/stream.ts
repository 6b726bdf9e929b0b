import { ENTRY_KINDS, type EntryKind } from '@/lib/ledger/entry-kinds'

/** How a stream speaks: CloudEvents 1.0 as signed webhooks, OTLP logs over HTTP, OCSF events over syslog, or CAEP events of halts (RFC 8935). */
export const STREAM_KINDS = ['cloudevents', 'otlp', 'ocsf_syslog', 'shared_signals'] as const
export type StreamKind = (typeof STREAM_KINDS)[number]

/** `failing`: it tried three times, or was refused for good; unless `stopped`, it goes on trying. */
export const STREAM_STATES = ['active', 'failing', 'paused', 'removed'] as const
export type StreamState = (typeof STREAM_STATES)[number]

/** What a person may do in which state; shared by verb, screen and test. */
export const STREAM_ACTS = {
  edit: ['active', 'failing', 'paused'],
  pause: ['active', 'failing'],
  resume: ['paused'],
  retry: ['failing'],
  skip: ['failing'],
  replay: ['active', 'failing', 'paused'],
  test: ['active', 'failing', 'paused'],
  remove: ['active', 'failing', 'paused'],
} as const satisfies Record<string, readonly StreamState[]>
export type StreamAct = keyof typeof STREAM_ACTS

/** Whether an act is possible in a state. */
export function streamCan(act: StreamAct, state: StreamState): boolean {
  return (STREAM_ACTS[act] as readonly StreamState[]).includes(state)
}

/** `entries`: what is in the log itself, without personal data. `projection`: also tool, resource and requester, in plain. */
export const STREAM_CONTENTS = ['entries', 'projection'] as const
export type StreamContents = (typeof STREAM_CONTENTS)[number]

/** Where an HTTP stream posts. `header` is the name under which its secret is sent (OTLP, security events). */
export type HttpSettings = {
  url: string
  private: boolean
  batch: boolean
  header: string | null
  ca: string | null
  /** whom security events are meant for */ audience?: string
}
/** Where a syslog stream connects; without `tls` only to private addresses. `cert` is the client's certificate (RFC 5425 §4.2). */
export type SyslogSettings = {
  host: string
  port: number
  tls: boolean
  private: boolean
  ca: string | null
  cert: string | null
}

/** The destination of a stream, without its secret. */
export type Destination =
  | { kind: 'cloudevents' | 'otlp' | 'shared_signals'; settings: HttpSettings }
  | { kind: 'ocsf_syslog'; settings: SyslogSettings }

/** At most so many: each has a sender with a batch in memory. */
export const MOST_STREAMS = 20

/** After so many failed tries in a row a stream counts as failing: an entry says so and an alert is raised. */
export const FAILING_AFTER = 3
const FIRST_RETRY_MS = 1_000
const LONGEST_RETRY_MS = 5 * 60_000
const LONGEST_RETRY_AFTER_MS = 60 * 60_000

/**
 * How long to wait before the next try: doubling from 1 s to 5 min, half of it jitter, so that many senders do not come back at
 * once; never sooner than the receiver asked (`Retry-After`, RFC 9110 §10.2.3), and never later than an hour.
 * @param attempts   how many tries failed in a row, at least 1
 * @param retryAfter what the receiver asked for, in ms
 * @param random     0 to 1
 */
export function retryDelay(attempts: number, retryAfter: number | null, random: number): number {
  const longest = Math.min(FIRST_RETRY_MS * 2 ** Math.min(attempts - 1, 20), LONGEST_RETRY_MS)
  const own = longest / 2 + (longest / 2) * random
  return Math.round(Math.max(own, Math.min(retryAfter ?? 0, LONGEST_RETRY_AFTER_MS)))
}

/** An entry that waits for longer than this is said to be behind. */
export const LAGGING_AFTER_MS = 5 * 60_000

/** How far a stream is behind: entries of the log it has not got past, and how long the oldest of them has waited. */
export type Lag = { entries: number; seconds: number }

/**
 * @param size     entries in the log
 * @param next     the first that is not acknowledged
 * @param oldestAt when that one was recorded; null when there is none
 * @param toldAt   when the stream was told to begin there: what is older than that has waited since
 */
export function lagOf(size: number, next: number, oldestAt: Date | null, toldAt: Date, now: Date): Lag {
  const entries = Math.max(0, size - next)
  if (entries === 0 || oldestAt === null) return { entries, seconds: 0 }
  const since = Math.max(oldestAt.getTime(), toldAt.getTime())
  return { entries, seconds: Math.max(0, Math.round((now.getTime() - since) / 1000)) }
}

const KINDS: readonly string[] = ENTRY_KINDS

/**
 * Reads a filter as a person writes it: kinds of entry or `noun.*`, apart by blanks or commas; nothing means all.
 * @returns the kinds, null for all; or the word that is no kind
 */
export function readKinds(text: string): { kinds: EntryKind[] | null } | { unknown: string } {
  const words = text.split(/[\s,]+/u).filter((word) => word !== '')
  if (words.length === 0) return { kinds: null }
  const found = new Set<string>()
  for (const word of words) {
    const matching = word.endsWith('.*')
      ? KINDS.filter((kind) => kind.startsWith(word.slice(0, -1)))
      : KINDS.filter((kind) => kind === word)
    if (matching.length === 0) return { unknown: word }
    for (const kind of matching) found.add(kind)
  }
  return { kinds: ENTRY_KINDS.filter((kind) => found.has(kind)) }
}

/** The same kinds as a person would write them: a noun of which all are wanted as `noun.*`. */
export function writeKinds(kinds: readonly string[] | null): string {
  if (kinds === null) return ''
  const wanted = new Set(kinds)
  const nouns = [...new Set(kinds.map((kind) => kind.split('.', 1)[0] ?? ''))]
  return nouns
    .flatMap((noun) => {
      const all = KINDS.filter((kind) => kind.startsWith(`${noun}.`))
      return all.length > 1 && all.every((kind) => wanted.has(kind))
        ? [`${noun}.*`]
        : kinds.filter((kind) => kind.startsWith(`${noun}.`))
    })
    .join(' ')
}
