import { setTimeout as sleep } from 'node:timers/promises'
import { onHeard, onHearingAgain } from '@/lib/db/bus'
import { noteEnvironment } from './mail-server'
import { sendDue, type Messenger } from './send-notifications'
import { tellScreens } from './store-notification'

/** What becomes due becomes so by time alone: nothing waits longer than this to be seen. */
const LOOK_EVERY_MS = 1_000

/** Sends what is due, and tells open screens, until `stop`, which returns once nothing is under way. Every replica does it. */
export function startNotifications(
  messenger: Messenger,
  onError: (error: unknown) => void,
): { stop: () => Promise<void> } {
  const stopping = new AbortController()
  let wake = new AbortController()
  const nudge = () => {
    wake.abort()
  }
  const unhear = [onHeard('notifications', nudge), onHearingAgain(nudge)]
  const run = async () => {
    await noteEnvironment(messenger.connections).catch(onError)
    while (!stopping.signal.aborted) {
      wake = new AbortController()
      try {
        await sendDue(messenger, stopping.signal)
        await tellScreens(messenger.connections)
      } catch (error) {
        onError(error)
      }
      // what failed or wakes us again and again must not keep the database busy
      await sleep(200, undefined, { signal: stopping.signal }).catch(() => undefined)
      const either = AbortSignal.any([stopping.signal, wake.signal])
      await sleep(LOOK_EVERY_MS, undefined, { signal: either }).catch(() => undefined)
    }
  }
  const running = run()
  return {
    stop: async () => {
      for (const each of unhear) each()
      stopping.abort()
      await running
    },
  }
}
