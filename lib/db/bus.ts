import { listen, type Listener } from './listen'

/**
 * What the database tells whoever listens. `gate`: `{"change","id","epoch"}`, something that decides moved. `keys`: the id of a subject's key that was destroyed. The others carry
 * the id of the row that has something new; the rows are read again, so that a lost notification loses nothing.
 */
export const CHANNELS = [
  'gate',
  'actions',
  'approvals',
  'halts',
  'drills',
  'alerts',
  'ledger',
  'notifications',
  'people',
  'reviews',
  'streams',
  'looking',
  'keys',
] as const
export type Channel = (typeof CHANNELS)[number]

type Heard = (payload: string) => void
type Bus = { heard: Map<Channel, Set<Heard>>; again: Set<() => void> }

// Next bundles its own copy of this file; the symbol is what the two halves of the process share (DESIGN §3).
const SHARED = Symbol.for('countersign.bus')
const holder = globalThis as { [SHARED]?: Bus }

function bus(): Bus {
  return (holder[SHARED] ??= { heard: new Map(), again: new Set() })
}

/** Hears a channel until the answer is called. Hearing costs no connection: the process has one for everybody. */
export function onHeard(channel: Channel, heard: Heard): () => void {
  const { heard: all } = bus()
  const those = all.get(channel) ?? new Set()
  all.set(channel, those.add(heard))
  return () => {
    those.delete(heard)
  }
}

/** Called after every connection, the first included: what was said meanwhile was not heard, so read again. */
export function onHearingAgain(again: () => void): () => void {
  const { again: all } = bus()
  all.add(again)
  return () => {
    all.delete(again)
  }
}

/** Opens the one connection of this process that listens. @param url direct: a transaction pooler forgets LISTEN */
export function startHearing(url: string, onError: (error: unknown) => void): Listener {
  const each = (calls: Iterable<() => void>) => {
    for (const call of calls) {
      try {
        call()
      } catch (error) {
        onError(error)
      }
    }
  }
  return listen({
    url,
    channels: CHANNELS,
    onNotify: (channel, payload) => {
      const those = bus().heard.get(channel as Channel) ?? new Set<Heard>()
      each([...those].map((heard) => () => heard(payload)))
    },
    onConnect: () => {
      each([...bus().again])
    },
    onError,
  })
}
