/**
 * What the console's live stream says (`GET /api/console/stream`, server-sent events). It carries no facts, only that some
 * topic has something new: what changed is read again under the reader's own permissions, so nothing leaks and nothing is
 * missed when an event is. Events: `ready` once at the start, `beat` at least every 5 s, `change` with `{"topic": …}`.
 */
export const LIVE_TOPICS = [
  'actions',
  'agents',
  'alerts',
  'approvals',
  'boundaries',
  'halts',
  'ledger',
  'looking',
  'notifications',
  'people',
  'reviews',
  'streams',
] as const
export type LiveTopic = (typeof LIVE_TOPICS)[number]

export const LIVE_EVENTS = { ready: 'ready', beat: 'beat', change: 'change' } as const

/** The longest silence, in milliseconds, between two events of a stream that is alive. The server beats three times as often. */
export const LIVE_SILENCE = 15_000
export const LIVE_BEAT = 5_000

/** The topic in the data of a `change` event; undefined when it is not one we know. */
export function parseLiveTopic(data: string): LiveTopic | undefined {
  try {
    const parsed: unknown = JSON.parse(data)
    if (typeof parsed !== 'object' || parsed === null || !('topic' in parsed)) return undefined
    return LIVE_TOPICS.find((topic) => topic === parsed.topic)
  } catch {
    return undefined
  }
}
