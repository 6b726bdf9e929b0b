import { closing } from '@/lib/core/closing'
import { LIVE_BEAT, LIVE_EVENTS, LIVE_TOPICS, type LiveTopic } from '@/lib/core/live'
import { CHANNELS, onHeard, onHearingAgain, type Channel } from '@/lib/db/bus'
import { db } from '@/lib/db/client'
import { liveSessions } from '@/lib/people/actor-store'
import { type NewTopics, topicsOfChange, topicsOfKinds } from './live-topics'

type Stream = { sessionId: string; send: (text: string) => void; end: () => void }
type Hub = { streams: Set<Stream>; deaf: (() => void)[]; beat: ReturnType<typeof setInterval>; read: number }

/** Long enough to gather a burst into one word, short enough for a person to call it at once. */
const GATHER_MS = 100
/** What agents do all the time is gathered for longer: a page that read again ten times a second would help nobody. */
const GATHER_TRAFFIC_MS = 1_000
/** The log is looked at this long after a batch was added to it: a request has to be on every screen within a second. */
const LOOK_MS = 100
/** More kinds than this in one go are not told apart: everything is new. */
const MOST_NEW = 5_000

// One for the process, also when Next bundles this file more than once.
const SHARED = Symbol.for('countersign.live')
const holder = globalThis as { [SHARED]?: Hub | undefined }

/**
 * Opens the live stream of one browser (server-sent events, WHATWG HTML §9.2). All streams of a process share the one
 * connection that listens and one query per batch of the log. A stream says what has something new, never what; it ends when its session
 * does, and when the server stops.
 */
export function liveStream(sessionId: string): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder()
  let stream: Stream | undefined
  return new ReadableStream<Uint8Array>({
    start: (controller) => {
      const own: Stream = {
        sessionId,
        send: (text) => {
          // A reader that stopped reading does not make the server remember for it: it opens another stream and reads all anew.
          if ((controller.desiredSize ?? 0) < -1_000) own.end()
          else controller.enqueue(encoder.encode(text))
        },
        end: () => {
          if (!leave(own)) return
          controller.close()
        },
      }
      stream = own
      join(own)
      own.send(`retry: 1000\n${event(LIVE_EVENTS.ready, {})}`)
    },
    cancel: () => {
      if (stream !== undefined) leave(stream)
    },
  })
}

/** How many streams this process has open. */
export function openStreams(): number {
  return holder[SHARED]?.streams.size ?? 0
}

/** A browser needs one for all its tabs; one session that opens more without end must not use up the server. */
const MOST_STREAMS = 24

function join(stream: Stream): void {
  const hub = (holder[SHARED] ??= openHub())
  const own = [...hub.streams].filter(({ sessionId }) => sessionId === stream.sessionId)
  for (const oldest of own.slice(0, Math.max(0, own.length - MOST_STREAMS + 1))) oldest.end()
  hub.streams.add(stream)
}

/** Whether it was there; whoever leaves last turns out the light. */
function leave(stream: Stream): boolean {
  const hub = holder[SHARED]
  if (!hub?.streams.delete(stream)) return false
  if (hub.streams.size === 0) closeHub(hub)
  return true
}

function openHub(): Hub {
  const hub: Hub = { streams: new Set(), deaf: [], read: -1, beat: setInterval(() => void beat(hub), LIVE_BEAT) }
  hub.deaf = CHANNELS.map((channel) =>
    onHeard(channel, (payload) => {
      hear(hub, channel, payload)
    }),
  )
  // What was said while nobody listened is unknown, so all of it may be new.
  hub.deaf.push(
    onHearingAgain(() => {
      tell(hub, LIVE_TOPICS)
    }),
  )
  const endAll = () => {
    for (const stream of [...hub.streams]) stream.end()
  }
  closing().addEventListener('abort', endAll)
  hub.deaf.push(() => {
    closing().removeEventListener('abort', endAll)
  })
  return hub
}

function closeHub(hub: Hub): void {
  clearInterval(hub.beat)
  clearTimeout(looking.get(hub))
  for (const pace of ['soon', 'traffic'] as const) clearTimeout(waiting[pace].get(hub)?.timer)
  if (holder[SHARED] === hub) holder[SHARED] = undefined
  for (const each of hub.deaf) each()
}

type Due = { topics: Set<LiveTopic>; people: boolean; timer: ReturnType<typeof setTimeout> }
type Pace = 'soon' | 'traffic'
const waiting: Record<Pace, WeakMap<Hub, Due>> = { soon: new WeakMap(), traffic: new WeakMap() }
const looking = new WeakMap<Hub, ReturnType<typeof setTimeout>>()

/** Gathers topics for the next word of their pace. */
function gather(hub: Hub, pace: Pace, topics: Iterable<LiveTopic>, people = false): void {
  let due = waiting[pace].get(hub)
  if (due === undefined) {
    const timer = setTimeout(() => void settle(hub, pace), pace === 'soon' ? GATHER_MS : GATHER_TRAFFIC_MS)
    due = { topics: new Set(), people: false, timer }
    waiting[pace].set(hub, due)
  }
  for (const topic of topics) due.topics.add(topic)
  due.people ||= people
}

function hear(hub: Hub, channel: Channel, payload: string): void {
  // Which key was destroyed is for those who keep keys; the page learns of it by its entry.
  if (channel === 'keys') return
  if (channel === 'ledger') {
    // Somebody waits for the request among these entries, so the log is looked at soon, but not once a batch.
    if (!looking.has(hub))
      looking.set(
        hub,
        setTimeout(() => void look(hub), LOOK_MS),
      )
    return
  }
  const change = channel === 'gate' ? changeOf(payload) : ''
  const people = channel === 'people' || change.startsWith('person.')
  const pace = channel === 'actions' || channel === 'reviews' || channel === 'streams' ? 'traffic' : 'soon'
  gather(hub, pace, channel === 'gate' ? topicsOfChange(change) : [channel === 'drills' ? 'halts' : channel], people)
}

async function look(hub: Hub): Promise<void> {
  looking.delete(hub)
  try {
    const { soon, traffic } = await newInLog(hub)
    if (soon.size > 0) gather(hub, 'soon', soon)
    gather(hub, 'traffic', traffic)
  } catch (error) {
    notKnowing(hub, error)
  }
}

async function settle(hub: Hub, pace: Pace): Promise<void> {
  const due = waiting[pace].get(hub)
  waiting[pace].delete(hub)
  if (due === undefined) return
  try {
    if (due.people) await endDead(hub)
    tell(hub, [...due.topics])
  } catch (error) {
    notKnowing(hub, error)
  }
}

/** Not knowing what is new, everything is. */
function notKnowing(hub: Hub, error: unknown): void {
  console.error('live stream:', error instanceof Error ? error.message : error)
  tell(hub, LIVE_TOPICS)
}

/** What the entries since the last look touch: by the primary key of `ledger.leaf`. */
async function newInLog(hub: Hub): Promise<NewTopics> {
  const rows = await db().$queryRaw<{ size: bigint; kinds: string[] | null }[]>`
    SELECT (SELECT size FROM ledger.tree_head) AS size, (
      SELECT array_agg(DISTINCT e.kind || CASE WHEN e.kind = 'action.decided' AND e.outcome = 'hold' THEN ':hold' ELSE '' END)
      FROM ledger.leaf l JOIN ledger.entry e ON e.id = l.entry_id
      WHERE l.idx >= ${hub.read}::bigint AND l.idx < ${hub.read < 0 ? 0 : hub.read + MOST_NEW}::bigint
    ) AS kinds`
  const size = Number(rows[0]?.size ?? 0)
  const all = hub.read < 0 || size - hub.read > MOST_NEW
  hub.read = size
  return all ? { soon: new Set(LIVE_TOPICS), traffic: new Set() } : topicsOfKinds(rows[0]?.kinds ?? [])
}

function tell(hub: Hub, topics: readonly LiveTopic[]): void {
  const text = topics.map((topic) => event(LIVE_EVENTS.change, { topic })).join('')
  if (text !== '') for (const stream of [...hub.streams]) stream.send(text)
}

async function beat(hub: Hub): Promise<void> {
  for (const stream of [...hub.streams]) stream.send(event(LIVE_EVENTS.beat, {}))
  await endDead(hub).catch(() => undefined)
}

/** Ends the streams of sessions that were revoked, ran out, or belong to somebody deactivated. */
async function endDead(hub: Hub): Promise<void> {
  const alive = await liveSessions(db(), [...new Set([...hub.streams].map(({ sessionId }) => sessionId))])
  for (const stream of [...hub.streams]) if (!alive.has(stream.sessionId)) stream.end()
}

function event(name: string, data: unknown): string {
  return `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`
}

function changeOf(payload: string): string {
  try {
    const said: unknown = JSON.parse(payload)
    return typeof said === 'object' && said !== null && 'change' in said ? String(said.change) : ''
  } catch {
    return ''
  }
}
