import { alertsConsumer } from '@/lib/alerts/follow'
import { seenConsumer } from '@/lib/alerts/seen'
import { watchConsumer } from '@/lib/alerts/watch-entries'
import { drills } from '@/lib/gateway/server/drills'
import { escalation } from '@/lib/gateway/server/escalation'
import { expiry } from '@/lib/gateway/server/expiry'
import { gatewayStops } from '@/lib/gateway/server/gateway-stops'
import { hearing } from '@/lib/gateway/server/hearing'
import { jobQueue } from '@/lib/gateway/server/jobs'
import { leaving } from '@/lib/gateway/server/leaving'
import { sequencer } from '@/lib/gateway/server/ledger'
import { longRuns } from '@/lib/gateway/server/long-runs'
import type { Settings } from '@/lib/gateway/server/settings'
import { trials } from '@/lib/gateway/server/trials'
import { verification } from '@/lib/gateway/server/verification'
import { reviewsConsumer } from '@/lib/reviews/follow'
import { pool } from '@/lib/db/pool'
import { startTail } from '@/lib/ledger/tail'
import { senderOf, startStreams } from '@/lib/notify/follow'
import { notificationsConsumer } from '@/lib/notify/follow-notifications'
import { startNotifications } from '@/lib/notify/run-notifications'
import { messengerOf } from '@/lib/notify/send-notifications'

/** Something that runs as long as the server does. `stop` returns once it no longer touches the database. */
export type Running = { stop: () => Promise<void> }
export type Background = {
  name: string
  /** Reports what went wrong and goes on; throws (a start error) only when the server must not serve without it. */
  start: (context: { settings: Settings; onError: (error: unknown) => void }) => Promise<Running>
}

const alerts: Background = {
  name: 'alerts',
  start: ({ onError }) => Promise.resolve(startTail(alertsConsumer, onError)),
}

const watching: Background = {
  name: 'watch',
  start: ({ onError }) => Promise.resolve(startTail(watchConsumer, onError)),
}

const catalogue: Background = {
  name: 'catalogue',
  start: ({ onError }) => Promise.resolve(startTail(seenConsumer, onError)),
}

const reviews: Background = {
  name: 'reviews',
  start: ({ onError }) => Promise.resolve(startTail(reviewsConsumer, onError)),
}

const streams: Background = {
  name: 'streams',
  start: ({ settings, onError }) => Promise.resolve(startStreams(senderOf(settings.publicUrl.hostname), onError)),
}

const telling: Background = {
  name: 'telling',
  start: ({ onError }) => Promise.resolve(startTail(notificationsConsumer, onError)),
}

const notifications: Background = {
  name: 'notifications',
  start: ({ settings, onError }) =>
    Promise.resolve(startNotifications(messengerOf(settings.publicUrl.origin, pool('app')), onError)),
}

/** What runs beside the requests, in the order it starts; it stops in the opposite one. Rooms get a line here. */
const BACKGROUND: readonly Background[] = [
  hearing,
  sequencer,
  leaving,
  jobQueue,
  expiry,
  escalation,
  gatewayStops,
  alerts,
  catalogue,
  watching,
  reviews,
  longRuns,
  drills,
  streams,
  telling,
  notifications,
  verification,
  trials,
]

/** Starts everything; if one refuses, what already runs is stopped again. */
export async function startBackground(
  settings: Settings,
  onError: (name: string, error: unknown) => void,
  list: readonly Background[] = BACKGROUND,
): Promise<Running> {
  const running: Running[] = []
  const stop = async () => {
    for (const each of running.reverse()) await each.stop()
  }
  try {
    for (const { name, start } of list) {
      running.push(
        await start({
          settings,
          onError: (error) => {
            onError(name, error)
          },
        }),
      )
    }
  } catch (error) {
    await stop()
    throw error
  }
  return { stop }
}
