import { LIVE_EVENTS, LIVE_SILENCE, LIVE_TOPICS, type LiveTopic, parseLiveTopic } from '@/lib/core/live'
import { isLeaving, LEAVING } from './leaving'

/** Whether what is shown is current: `live`, or since when it is not (milliseconds of this machine's clock). */
export type LiveStatus = { live: true } | { live: false; since: number }

type Heard = { kind: 'change'; topics: readonly LiveTopic[] } | { kind: 'status'; status: LiveStatus }
type Whisper = Heard | { kind: 'hello' } | { kind: 'retry' }

const NAME = 'countersign-live'
const URL = '/api/console/stream'
const FIRST_WAIT = 1_000
const LONGEST_WAIT = 30_000

/**
 * The live stream of this browser: one connection for all its tabs (HTTP/1.1 allows six to a host, so the seventh tab of
 * streams would hang). The tab that holds the Web Lock listens and tells the others over a BroadcastChannel; when it closes,
 * the lock passes on. Where there are no locks (plain http on a name that is not localhost) each tab listens for itself.
 * @returns how to stop, and how to try again at once
 */
export function openLiveStream(hear: (heard: Heard) => void): { close: () => void; retry: () => void } {
  const abort = new AbortController()
  const channel = new BroadcastChannel(NAME)
  let leading: ReturnType<typeof connect> | undefined
  let last: LiveStatus = { live: false, since: Date.now() }
  const tell = (heard: Heard) => {
    if (heard.kind === 'status') last = heard.status
    channel.postMessage(heard satisfies Whisper)
    hear(heard)
  }
  channel.onmessage = ({ data }: MessageEvent<Whisper>) => {
    if (data.kind === 'hello') {
      if (leading) channel.postMessage({ kind: 'status', status: last } satisfies Whisper)
    } else if (data.kind === 'retry') leading?.retry()
    else if (!leading) hear(data)
  }
  const lead = () =>
    new Promise<void>((resolve) => {
      leading = connect(tell)
      abort.signal.addEventListener('abort', () => {
        leading?.close()
        resolve()
      })
    })
  if ('locks' in navigator) {
    navigator.locks.request(NAME, { signal: abort.signal }, lead).catch(() => undefined)
    channel.postMessage({ kind: 'hello' } satisfies Whisper)
  } else void lead()
  return {
    close: () => {
      abort.abort()
      channel.close()
    },
    retry: () => (leading ? leading.retry() : channel.postMessage({ kind: 'retry' } satisfies Whisper)),
  }
}

/** One connection that is opened again and again, with a growing, jittered wait, until it is closed. */
function connect(tell: (heard: Heard) => void): { close: () => void; retry: () => void } {
  let source: EventSource | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  let wait = FIRST_WAIT
  let downSince: number | undefined = Date.now()
  // A connection can be dead long before anybody notices: what is shown is as old as the last word, not as the noticing.
  let heard = downSince

  const alive = () => {
    heard = Date.now()
    clearTimeout(timer)
    timer = setTimeout(lost, LIVE_SILENCE)
  }
  const open = () => {
    source?.close()
    source = new EventSource(URL)
    source.addEventListener(LIVE_EVENTS.ready, () => {
      wait = FIRST_WAIT
      downSince = undefined
      alive()
      tell({ kind: 'status', status: { live: true } })
      // What happened while nobody listened is unknown, so everything is read again.
      tell({ kind: 'change', topics: LIVE_TOPICS })
    })
    source.addEventListener(LIVE_EVENTS.beat, alive)
    source.addEventListener(LIVE_EVENTS.change, (event: MessageEvent<string>) => {
      alive()
      const topic = parseLiveTopic(event.data)
      if (topic) tell({ kind: 'change', topics: [topic] })
    })
    source.onerror = lost
    clearTimeout(timer)
    timer = setTimeout(lost, LIVE_SILENCE)
  }
  const lost = () => {
    source?.close()
    if (isLeaving()) {
      clearTimeout(timer)
      timer = setTimeout(open, LEAVING)
      return
    }
    downSince ??= heard
    tell({ kind: 'status', status: { live: false, since: downSince } })
    clearTimeout(timer)
    timer = setTimeout(open, wait * (0.5 + Math.random() / 2))
    wait = Math.min(wait * 2, LONGEST_WAIT)
  }
  const back = () => {
    if (downSince !== undefined) open()
  }
  // The browser knows first that it has no network, and that it has one again.
  window.addEventListener('offline', lost)
  window.addEventListener('online', back)
  open()
  return {
    close: () => {
      window.removeEventListener('offline', lost)
      window.removeEventListener('online', back)
      clearTimeout(timer)
      source?.close()
    },
    retry: back,
  }
}
