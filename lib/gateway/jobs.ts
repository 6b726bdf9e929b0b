import { noteSilent } from '@/lib/agents/note-silent'
import { remind } from '@/lib/alerts/remind'
import { watchOnCall } from '@/lib/alerts/watch-on-call'
import { watchDrills } from '@/lib/alerts/watch-drills'
import { watchAttention } from '@/lib/alerts/watch-attention'
import { watchHalts } from '@/lib/alerts/watch-halts'
import { watchLedger } from '@/lib/alerts/watch-ledger'
import { watchTerms } from '@/lib/alerts/watch-terms'
import { recordEndedElevations } from '@/lib/boundary/end-elevation'
import { db, transaction } from '@/lib/db/client'
import { pool } from '@/lib/db/pool'
import { forgetTries } from '@/lib/db/throttle'
import { forgetKeys } from '@/lib/decisions/forget'
import { runPlanted } from '@/lib/decisions/run-planted'
import { forgetCalls } from '@/lib/gateway/hooks/forget'
import { forgetDeliveries } from '@/lib/halt/take-delivery'
import { runDueDrill } from '@/lib/halt/run-due-drill'
import { recordBrokenGlass } from '@/lib/halt/record-broken-glass'
import { recordEndedDelegations } from '@/lib/people/delegate'
import { extendRota } from '@/lib/people/set-rota'
import { forgetChallenges } from '@/lib/people/passkey-store'
import { forgetDeviceLogins } from '@/lib/people/read-device-login'
import { applyRetention } from '@/lib/ledger/apply-retention'
import { sweepOrphans } from '@/lib/ledger/erase'
import { forgetSilentWatchers } from '@/lib/ledger/holders'
import { forgetNotifications } from '@/lib/notify/forget-notifications'
import { notifyExpiring } from '@/lib/notify/notify-expiring'
import { notifyTests } from '@/lib/notify/notify-tests'
import { watchStreams } from '@/lib/notify/watch'
import { missOverdue } from '@/lib/reviews/miss'
import { forgetSessions } from '@/lib/runs/session'
import { forgetRounds } from '@/lib/upstreams/rounds'
import { forgetSimulations } from '@/lib/trials/run-next'

/** Work on a schedule, done once whichever replica's turn it is. */
export type Job = {
  /** `verb-noun`; the key in the queue, so that a job never runs beside itself. */
  name: string
  /** Five fields of crontab(5), UTC. What is due more often than once a minute belongs beside the requests (`background.ts`). */
  cron: string
  /** Also when a server starts. */
  atStart?: boolean
  run: (now: Date) => Promise<void>
}

const DAY_MS = 86_400_000

/** Every job of the house. A room exports the verb; its line goes here. */
export const JOBS: readonly Job[] = [
  {
    // Thirteen months ahead, so that not even a year of failing leaves an entry without its table.
    name: 'make-partitions',
    cron: '17 3 * * *',
    atStart: true,
    run: async () => {
      await pool('jobs').query('SELECT ledger.make_partitions()')
    },
  },
  {
    name: 'apply-retention',
    cron: '37 2 * * *',
    run: async (now) => {
      await applyRetention(pool('jobs'), now)
    },
  },
  {
    // What was being written while its key was destroyed.
    name: 'sweep-erased',
    cron: '* * * * *',
    run: async () => {
      await sweepOrphans(pool('jobs'))
    },
  },
  {
    name: 'forget-tries',
    cron: '41 * * * *',
    run: async (now) => {
      await forgetTries(db(), new Date(now.getTime() - DAY_MS))
    },
  },
  {
    name: 'end-elevations',
    cron: '* * * * *',
    atStart: true,
    run: async () => {
      await recordEndedElevations(db())
    },
  },
  {
    name: 'forget-deliveries',
    cron: '43 * * * *',
    run: async (now) => {
      await forgetDeliveries(now)
    },
  },
  {
    name: 'record-halts',
    cron: '* * * * *',
    atStart: true,
    run: async (now) => {
      await recordBrokenGlass(now)
    },
  },
  {
    // Works out when the next drill is due; begins the rehearsal that is, where the organisation set so; else reminds.
    name: 'run-drills',
    cron: '* * * * *',
    atStart: true,
    run: async (now) => {
      await runDueDrill(now)
      await transaction((tx) => watchDrills(tx, now))
    },
  },
  {
    // Halts that somebody wanted looked at again by now: it reminds, and lifts nothing.
    name: 'watch-halts',
    cron: '* * * * *',
    run: async (now) => {
      await transaction((tx) => watchHalts(tx, now))
    },
  },
  {
    name: 'extend-rota',
    cron: '7 * * * *',
    atStart: true,
    run: async (now) => {
      await transaction((tx) => extendRota(tx, now))
    },
  },
  {
    name: 'watch-on-call',
    cron: '*/5 * * * *',
    run: async (now) => {
      await transaction((tx) => watchOnCall(tx, now))
    },
  },
  {
    name: 'end-delegations',
    cron: '* * * * *',
    atStart: true,
    run: async (now) => {
      await transaction((tx) => recordEndedDelegations(tx, now))
    },
  },
  {
    name: 'forget-keys',
    cron: '23 * * * *',
    run: async (now) => {
      await forgetKeys(db(), now)
    },
  },
  {
    name: 'forget-simulations',
    cron: '11 4 * * *',
    run: (now) => forgetSimulations(pool('app'), now),
  },
  {
    name: 'forget-challenges',
    cron: '29 * * * *',
    run: async (now) => {
      await forgetChallenges(db(), new Date(now.getTime() - DAY_MS))
    },
  },
  {
    name: 'forget-device-logins',
    cron: '31 * * * *',
    run: async (now) => {
      await forgetDeviceLogins(db(), new Date(now.getTime() - DAY_MS))
    },
  },
  {
    name: 'watch-streams',
    cron: '* * * * *',
    run: (now) => watchStreams(db(), now),
  },
  {
    name: 'notify-expiring',
    cron: '* * * * *',
    run: async (now) => {
      await transaction((tx) => notifyExpiring(tx, now))
    },
  },
  {
    // Also what no screen took in time.
    name: 'forget-notifications',
    cron: '*/5 * * * *',
    run: (now) => forgetNotifications(db(), now),
  },
  {
    name: 'watch-attention',
    cron: '7 * * * *',
    run: async (now) => {
      await transaction((tx) => watchAttention(tx, now))
    },
  },
  {
    // Test requests: those that are over end, those whose time has come are opened, and what the plan drew is planted.
    name: 'run-tests',
    cron: '* * * * *',
    run: async (now) => {
      await transaction(async (tx) => notifyTests(tx, (await runPlanted(tx, now)).opened, now))
    },
  },
  {
    name: 'watch-ledger',
    cron: '* * * * *',
    run: async (now) => {
      await transaction((tx) => watchLedger(tx, now))
    },
  },
  {
    // What ends for agents in days: a boundary lapses, a review is due.
    name: 'watch-terms',
    cron: '*/5 * * * *',
    atStart: true,
    run: async (now) => {
      await transaction((tx) => watchTerms(tx, now))
    },
  },
  {
    // Code that agents changed by themselves, and nobody looked at in time.
    name: 'miss-reviews',
    cron: '*/5 * * * *',
    atStart: true,
    run: async (now) => {
      await transaction((tx) => missOverdue(tx, now))
    },
  },
  {
    // Sessions that began somewhere and ask nobody.
    name: 'note-silent-hooks',
    cron: '* * * * *',
    run: async (now) => {
      await transaction((tx) => noteSilent(tx, now))
    },
  },
  {
    name: 'forget-calls',
    cron: '47 * * * *',
    run: async (now) => {
      await forgetCalls(db(), now)
      await forgetSessions(db(), now)
      await forgetRounds(now)
    },
  },
  {
    name: 'forget-watchers',
    cron: '53 4 * * *',
    run: () => forgetSilentWatchers(pool('jobs')),
  },
  {
    name: 'remind-of-alerts',
    cron: '* * * * *',
    run: async (now) => {
      await transaction((tx) => remind(tx, now))
    },
  },
]
