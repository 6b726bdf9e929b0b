import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { percentile, type Run } from './bench'
import { deciding, proposalOf } from './deciding'
import { watchConsumer } from '@/lib/alerts/watch-entries'
import { startHearing } from '@/lib/db/bus'
import { pool } from '@/lib/db/pool'
import { governed } from '@/lib/decisions/governed-testing'
import { startSequencer } from '@/lib/ledger/sequencer'
import { startTail } from '@/lib/ledger/tail'

const AGENTS = Number(process.env['BENCH_WATCHED'] ?? 60)
const LONGEST_MS = 30_000
const BUSY = 4

/**
 * From the entry that makes a watch rule come true to the halt in force, over agents that each go wrong once while others decide beside
 * them: sequencer, tail and gate as in a server, on one machine with Postgres.
 */
export const run: Run = ({ root, say }) =>
  deciding(root, async (over) => {
    const { database, ledger, folder, decider, agents } = over
    const fail = (error: unknown): never => {
      throw error instanceof Error ? error : new Error(String(error))
    }
    const hearing = startHearing(database.urls.app, fail)
    const sequencer = startSequencer({
      connections: pool('sequencer'),
      ledger,
      folder: path.join(folder, 'released'),
      onAlarm: (alarm) => fail(new Error(`the sequencer raised ${alarm.kind}`)),
    })
    const tail = startTail(watchConsumer, fail)
    try {
      const watched = []
      for (let n = 0; n < AGENTS; n++)
        watched.push(
          await governed(database.superuser, { watch: [{ on: 'forbidden', count: 3, within: 600_000, then: 'halt' }] }),
        )
      await sleep(1_000)
      let going = true
      let beside = 0
      const since = performance.now()
      const others = Array.from({ length: BUSY }, async (_, i) => {
        for (let n = i; going; n += BUSY) {
          const agent = agents[n % agents.length]
          if (agent && (await decided(() => decider.decide(agent.caller, proposalOf(n))))) beside += 1
        }
      })
      for (const agent of watched) {
        for (let done = 0; done < 3;) {
          const answered = await decided(() =>
            decider.decide(agent.caller, { tool: 'crm.delete_all', arguments: { done } }),
          )
          if (answered) done += 1
        }
        await sleep(50)
      }
      const until = Date.now() + LONGEST_MS
      const settled = async () =>
        (
          await database.superuser.query<{ ms: number }>(
            `SELECT (extract(epoch FROM h.engaged_at - f.at) * 1000)::float8 AS ms FROM watch_firing f JOIN halt h ON h.id = f.halt_id`,
          )
        ).rows.map(({ ms }) => ms)
      let took = await settled()
      while (took.length < AGENTS && Date.now() < until) {
        await sleep(100)
        took = await settled()
      }
      going = false
      await Promise.all(others)
      const perSecond = beside / ((performance.now() - since) / 1_000)
      say(
        `${String(took.length)} of ${String(AGENTS)} agents were halted, beside ${String(Math.round(perSecond))} decisions a second`,
      )
      // an agent that was not halted hides in no percentile
      const all = [...took, ...Array.from({ length: AGENTS - took.length }, () => Number.POSITIVE_INFINITY)]
      return [
        { figure: 'entry to halt, median', value: percentile(all, 0.5), unit: 'ms' },
        { figure: 'entry to halt, p99', value: percentile(all, 0.99), unit: 'ms', budget: { at: 'most', is: 2_000 } },
        { figure: 'entry to halt, longest', value: percentile(all, 1), unit: 'ms' },
      ]
    } finally {
      await tail.stop()
      await sequencer.stop()
      await hearing.stop()
    }
  })

/** Decides once; false when halts moved the gate three times meanwhile, and its caller is told to propose again. */
async function decided(decide: () => Promise<unknown>): Promise<boolean> {
  try {
    await decide()
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'cannot_record') return false
    throw error
  }
}
