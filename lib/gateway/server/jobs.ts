import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { Logger, parseCronItems, run, type CronItem, type Runner, type TaskList } from 'graphile-worker'
import { counter } from '@/lib/core/metrics'
import { JOBS_SCHEMA } from '@/lib/db/logins'
import { pool } from '@/lib/db/pool'
import { startError } from '@/lib/db/start-error'
import { JOBS, type Job } from '@/lib/gateway/jobs'
import type { Background } from '@/lib/gateway/server/background'

const SELF_TEST = 'self-test'
const SELF_TEST_MS = 20_000

const outcomes = counter('countersign_jobs_total', 'Jobs that ended, by name and outcome.')

/**
 * The job queue (graphile-worker, DESIGN §3), on the jobs login. Without the ownership of its schema it would run nothing and
 * say nothing, so a job of its own must get through before the server serves. Throws `jobs_unhealthy`.
 */
export const jobQueue: Background = {
  name: 'jobs',
  start: async ({ onError }) => {
    const runner = await run({
      pgPool: pool('jobs'),
      schema: JOBS_SCHEMA,
      concurrency: 2,
      // The server stops everything in its own order.
      noHandleSignals: true,
      pollInterval: 2_000,
      logger: new Logger(() => (level, message) => {
        if (String(level) === 'error') onError(new Error(message))
      }),
      taskList: taskList(JOBS),
      parsedCronItems: parseCronItems(JOBS.map(schedule)),
    })
    try {
      await selfTest(runner)
      for (const { name, atStart } of JOBS) if (atStart === true) await runner.addJob(name, {}, { jobKey: name })
    } catch (error) {
      await runner.stop().catch(() => undefined)
      throw error
    }
    return { stop: () => Promise.resolve(runner.stop()) }
  },
}

/** One key a job: it never waits twice, nor runs beside itself. What was due in the hour before a start is caught up with. */
function schedule({ name, cron }: Job): CronItem {
  return { task: name, match: cron, options: { jobKey: name, maxAttempts: 5, backfillPeriod: 3_600_000 } }
}

function taskList(jobs: readonly Job[]): TaskList {
  const entries = jobs.map(({ name, run: work }) => {
    const task = async () => {
      try {
        await work(new Date())
        outcomes({ name, outcome: 'done' })
      } catch (error) {
        outcomes({ name, outcome: 'failed' })
        throw error
      }
    }
    return [name, task] as const
  })
  return { ...Object.fromEntries(entries), [SELF_TEST]: () => undefined }
}

/** Puts a job in and waits until somebody has done it: this replica or another, which proves the queue as well. */
async function selfTest(runner: Runner): Promise<void> {
  const { rows } = await pool('jobs').query<{ owner: boolean }>(
    'SELECT nspowner = (SELECT oid FROM pg_roles WHERE rolname = current_user) AS owner FROM pg_namespace WHERE nspname = $1',
    [JOBS_SCHEMA],
  )
  if (rows[0]?.owner !== true) {
    throw startError(
      'jobs_unhealthy',
      `The jobs login does not own the schema ${JOBS_SCHEMA}, so that no job would run: ALTER SCHEMA ${JOBS_SCHEMA} OWNER TO it.`,
    )
  }
  const { id } = await runner.addJob(SELF_TEST, {}, { jobKey: `${SELF_TEST}:${randomUUID()}`, maxAttempts: 1 })
  const giveUp = Date.now() + SELF_TEST_MS
  for (;;) {
    const left = await pool('jobs').query(`SELECT 1 FROM ${JOBS_SCHEMA}.jobs WHERE id = $1`, [id])
    if (left.rowCount === 0) return
    if (Date.now() > giveUp)
      throw startError(
        'jobs_unhealthy',
        `A job was not run within ${SELF_TEST_MS / 1000} s: the job queue does not work.`,
      )
    await sleep(20)
  }
}
