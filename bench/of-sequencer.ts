import path from 'node:path'
import pg from 'pg'
import { deciding, decideMany } from './deciding'
import { percentile, type Run } from './bench'
import { pool } from '@/lib/db/pool'
import { startSequencer, type SequencerAlarm } from '@/lib/ledger/sequencer'

const SECONDS = Number(process.env['BENCH_SECONDS'] ?? 30)
const AT_ONCE = 64
/** How long the last entries may take to get their places. */
const SETTLE_MS = 10_000

/**
 * The merge delay while decisions are made as fast as this machine makes them: from the moment an entry was recorded until the
 * checkpoint that covers it was announced, over every entry (at most one second for 99 of 100). Decider, sequencer and Postgres
 * share the machine.
 */
export const run: Run = ({ root, say }) =>
  deciding(root, async (over) => {
    const { database, ledger, folder } = over
    const announced: { size: number; at: number }[] = []
    const listener = new pg.Client({ connectionString: database.urls.app })
    listener.on('notification', ({ payload }) => announced.push({ size: Number(payload), at: Date.now() }))
    await listener.connect()
    await listener.query('LISTEN ledger')
    const alarms: SequencerAlarm[] = []
    const sequencer = startSequencer({
      connections: pool('sequencer'),
      ledger,
      folder: path.join(folder, 'released'),
      onAlarm: (alarm) => alarms.push(alarm),
    })
    try {
      const until = Date.now() + SECONDS * 1000
      const { decided, perSecond } = await decideMany(over, Number.MAX_SAFE_INTEGER, AT_ONCE, () => Date.now() < until)
      const { rows: made } = await database.superuser.query<{ n: string }>('SELECT count(*) AS n FROM ledger.entry')
      const entries = Number(made[0]?.n)
      const settled = Date.now() + SETTLE_MS
      while ((announced.at(-1)?.size ?? 0) < entries && Date.now() < settled)
        await new Promise((resolve) => setTimeout(resolve, 50))
      if (alarms.length > 0) throw new Error(`the sequencer raised ${alarms.map(({ kind }) => kind).join(', ')}`)
      say(`${decided.toLocaleString('en')} decisions, ${announced.length.toLocaleString('en')} checkpoints`)
      const { rows } = await database.superuser.query<{ idx: string | null; at: Date }>(
        `SELECT l.idx, e.recorded_at AS at FROM ledger.entry e LEFT JOIN ledger.leaf l ON l.entry_id = e.id
          WHERE e.kind = 'action.decided' ORDER BY l.idx`,
      )
      let next = 0
      const delays = rows.map(({ idx, at }) => {
        while (idx !== null && (announced[next]?.size ?? Number.POSITIVE_INFINITY) <= Number(idx)) next += 1
        // An entry that no checkpoint covers counts as waiting for ever: it would hide in no percentile.
        return idx === null
          ? Number.POSITIVE_INFINITY
          : (announced[next]?.at ?? Number.POSITIVE_INFINITY) - at.getTime()
      })
      return [
        { figure: 'decisions a second meanwhile', value: perSecond, unit: '/s' },
        { figure: 'merge delay, median', value: percentile(delays, 0.5), unit: 'ms' },
        { figure: 'merge delay, p99', value: percentile(delays, 0.99), unit: 'ms', budget: { at: 'most', is: 1_000 } },
        { figure: 'merge delay, longest', value: percentile(delays, 1), unit: 'ms' },
      ]
    } finally {
      await sequencer.stop()
      await listener.end()
    }
  })
