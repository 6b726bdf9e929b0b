'use client'

import { WifiOff } from 'lucide-react'
import {
  createContext,
  type ReactNode,
  useCallback,
  useContext,
  useEffect,
  useEffectEvent,
  useMemo,
  useRef,
  useState,
} from 'react'
import type { LiveTopic } from '@/lib/core/live'
import { Icon } from '../ui/icon'
import { sayLength } from '../ui/time-words'
import { paced } from './live-pace'
import { type LiveStatus, openLiveStream } from './live-stream'

type Listener = (topics: readonly LiveTopic[]) => void
type Stream = { listen: (listener: Listener) => () => void; retry: () => void }

const StreamContext = createContext<Stream | null>(null)
const StatusContext = createContext<LiveStatus | null>(null)

/** Opens the browser's one live stream and hands what it says to every `useLive` below. */
export function LiveProvider({ children }: { children: ReactNode }) {
  const [status, setStatus] = useState<LiveStatus | null>(null)
  const listeners = useRef(new Set<Listener>())
  const opened = useRef<ReturnType<typeof openLiveStream>>(null)
  useEffect(() => {
    const stream = openLiveStream((heard) => {
      if (heard.kind === 'status') setStatus(heard.status)
      else for (const listener of listeners.current) listener(heard.topics)
    })
    opened.current = stream
    return () => stream.close()
  }, [])
  const stream = useMemo<Stream>(
    () => ({
      listen: (listener) => {
        listeners.current.add(listener)
        return () => listeners.current.delete(listener)
      },
      retry: () => opened.current?.retry(),
    }),
    [],
  )
  return (
    <StreamContext value={stream}>
      <StatusContext value={status}>{children}</StatusContext>
    </StreamContext>
  )
}

/**
 * Calls `onChange` when a topic has something new. Read it again there: the event itself carries no facts. The first change
 * is told at once; more of them within `atMostEvery` milliseconds, while the promise it answered is open, or while nobody
 * looks at the tab, become one.
 */
export function useLive(
  topic: LiveTopic | readonly LiveTopic[],
  onChange: () => void | Promise<unknown>,
  atMostEvery = 500,
): void {
  const stream = useContext(StreamContext)
  const concerns = useEffectEvent((topics: readonly LiveTopic[]) =>
    topics.some((changed) => (typeof topic === 'string' ? changed === topic : topic.includes(changed))),
  )
  const tell = useEffectEvent(onChange)
  useEffect(() => {
    if (!stream) return
    const pace = paced(
      () => tell(),
      atMostEvery,
      () => !document.hidden,
    )
    const stop = stream.listen((topics) => {
      if (concerns(topics)) pace.hear()
    })
    document.addEventListener('visibilitychange', pace.look)
    return () => {
      stop()
      pace.stop()
      document.removeEventListener('visibilitychange', pace.look)
    }
  }, [stream, atMostEvery])
}

/**
 * Lets one be told of a topic at once, also while nobody looks at the tab: for what is said outside of the page.
 * @returns takes who is to be told, and answers how to stop
 */
export function useHeard(topic: LiveTopic): (told: () => void) => () => void {
  const stream = useContext(StreamContext)
  return useCallback(
    (told) => stream?.listen((topics) => topics.includes(topic) && told()) ?? (() => undefined),
    [stream, topic],
  )
}

/** Whether what is shown is current. `since` is when it stopped being; null before the first word of the stream. */
export function useLiveStatus(): { live: boolean; since: Date | null; retry: () => void } {
  const stream = useContext(StreamContext)
  const status = useContext(StatusContext)
  return {
    live: status?.live ?? false,
    since: status && !status.live ? new Date(status.since) : null,
    retry: stream?.retry ?? (() => undefined),
  }
}

/** How long a stream may be away before it is worth a word: shorter gaps are mended before anybody could act on them. */
const WORTH_SAYING = 5_000

/**
 * Says that the page is not live, since how long, and what that switches off. Shows nothing while it is.
 * @param consequence a sentence: "Verdicts are off until this list is current."
 */
export function NotLive({ consequence }: { consequence: string }) {
  const { since, retry } = useLiveStatus()
  const away = useAway(since)
  if (away < WORTH_SAYING) return null
  return (
    <div className="ban hold" role="status">
      <Icon of={WifiOff} size="md" />
      <span className="tx">
        <b>Not live for {sayLength(away)}.</b> {consequence}
      </span>
      <button type="button" className="btn sm r" onClick={retry}>
        Try now
      </button>
    </div>
  )
}

/** Whether acting must wait: the stream has been away long enough that what is shown may be wrong. */
export function useTooStale(): boolean {
  return useAway(useLiveStatus().since) >= WORTH_SAYING
}

function useAway(since: Date | null): number {
  const [away, setAway] = useState(0)
  const start = since?.getTime()
  useEffect(() => {
    if (start === undefined) return
    const tick = () => setAway(Date.now() - start)
    const timer = setInterval(tick, 1_000)
    return () => clearInterval(timer)
  }, [start])
  return start === undefined ? 0 : away
}
