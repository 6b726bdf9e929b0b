import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import { checkStanding, verifierOf, type Standing } from '@/lib/ledger/guard'
import type { Ledger } from '@/lib/ledger/handle'
import { openCheckpoint } from '@/lib/ledger/checkpoint'
import { keepReleased, readReleased, type Released } from '@/lib/ledger/released'
import { BATCH, sequenceOnce, signAgain, type Sequenced } from '@/lib/ledger/sequence'
import { hasPending, readHead } from '@/lib/ledger/store-sequence'

const TICK_MS = 200
/** How often a replica whose turn never comes keeps the checkpoint another one signed, as its own guard. */
const WATCH_EVERY_TICKS = 50

/** An idle log is signed again at least every ten minutes; a look every ten seconds finds it due in time. */
const SIGN_AGAIN_AFTER_SECONDS = 300

/**
 * Where in the queue to look. Rows that were taken stay in its index until the oldest snapshot of the database has ended (a
 * backup's, a long query's), and walking over them would slow every tick; so ordinary ticks begin where the watch before the last
 * began. What a transaction longer than that puts in behind is found by the next watch.
 */
type Places = { before: string; last: string; standing?: Standing }

export type SequencerOptions = {
  /** The sequencer's own login. */
  connections: pg.Pool
  ledger: Ledger
  /** Where the last released checkpoint is kept: outside the database, on a disk that a restore of it leaves alone. */
  folder: string
  /** Hears of trouble, of signing that stopped (once), and of rows put in quarantine. */
  onAlarm: (alarm: SequencerAlarm) => void
}

export type SequencerAlarm =
  | { kind: 'failed'; error: unknown }
  | { kind: 'stopped'; standing: Standing & { ok: false } }
  | { kind: 'quarantined'; rows: number }

/** Integrates the ledger every 200 ms until `stop`, which returns once no batch is under way. */
export function startSequencer(options: SequencerOptions): { stop: () => Promise<void> } {
  const stopping = new AbortController()
  const running = run(options, stopping.signal)
  return {
    stop: async () => {
      stopping.abort()
      await running
    },
  }
}

async function run(options: SequencerOptions, stopping: AbortSignal): Promise<void> {
  const places: Places = { before: '0', last: '0' }
  let stopped = false
  let failures = 0
  for (let tick = 0; !stopping.aborted; tick += 1) {
    try {
      const answer = await turn(options, tick, places)
      failures = 0
      if (answer.state === 'stopped') {
        if (!stopped) options.onAlarm({ kind: 'stopped', standing: answer.standing })
        stopped = true
      } else if (answer.state === 'done') {
        stopped = false
        if (answer.quarantined > 0) options.onAlarm({ kind: 'quarantined', rows: answer.quarantined })
        if (answer.taken === BATCH) continue
      }
    } catch (error) {
      failures += 1
      options.onAlarm({ kind: 'failed', error })
    }
    // A database that is away is asked less and less often, at last every six seconds.
    await sleep(TICK_MS * 2 ** Math.min(failures, 5), undefined, { signal: stopping }).catch(() => undefined)
  }
}

async function turn(
  { connections, ledger, folder }: SequencerOptions,
  tick: number,
  places: Places,
): Promise<Sequenced | { state: 'idle' }> {
  const watch = tick % WATCH_EVERY_TICKS === 0
  // Once, before the first signature: against everything that was let out. Afterwards the newest stands for all.
  if (places.standing?.ok !== true) {
    if (watch || !places.standing) places.standing = await checkStanding(connections, ledger, folder)
    if (!places.standing.ok) return { state: 'stopped', standing: places.standing }
  }
  const from = watch ? '0' : places.before
  if (!watch && !(await hasPending(connections, from))) return { state: 'idle' }
  const kept = readReleased(folder, ledger.verifiers)
  if (!kept.ok) return { state: 'stopped', standing: { ok: false, reason: 'unreadable', size: 0, released: 0 } }
  const answer = await sequenceOnce(connections, ledger, kept.released, from)
  if (answer.state !== 'done') return answer
  if (watch && answer.checkpoint === null) await signAgain(connections, ledger, kept.released, SIGN_AGAIN_AFTER_SECONDS)
  if (watch) Object.assign(places, { before: places.last, last: answer.first ?? places.last })
  const checkpoint = answer.checkpoint ?? (watch ? await committed(connections, ledger) : null)
  if (checkpoint && checkpoint.size > (kept.released?.size ?? 0)) keepReleased(folder, checkpoint.note)
  return answer
}

/** What another replica signed and committed. The sequencer's own standing check has just accepted the head. */
async function committed(connections: pg.Pool, ledger: Ledger): Promise<Released | null> {
  const { note } = await readHead(connections)
  const opened = note === null ? null : openCheckpoint(note, verifierOf(ledger))
  return note !== null && opened?.ok ? { ...opened, note } : null
}
