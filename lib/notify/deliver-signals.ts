import { pool } from '@/lib/db/pool'
import { coveredBy } from '@/lib/halt/read-covered'
import { sessionConfig } from '@/lib/people/session-config'
import { failure, type Outcome } from './failure'
import type { Item } from './item'
import { sessionRevoked, signSecurityEvent, verification, type SecurityEvent } from './security-event'
import { signalKey } from './signal-key'

/** Posts one token to the receiver and answers its status as an outcome. */
export type PostToken = (token: string) => Promise<Outcome>

/** Within one delivery; what is left goes on at once in the next, which begins where this one ended. */
const BUDGET_MS = 12_000
/** Tokens under way to one receiver at the same time: a halt of thousands is told in seconds, and no receiver is flooded by it. */
export const SIGNAL_LANES = 8
/** Which events of a halt a receiver has, by `jti`, while more of them are under way: forgotten with the process, and then sent again under the same `jti`. */
const sent = new Map<string, Set<string>>()

/**
 * Hands a receiver what an entry means to it: for a halt, that the session of each agent it covers is revoked; for a lift that was taken back, the same of
 * whom it had let go; for a test, a verification; for anything else, nothing. One token a request (RFC 8935 §2.1), a few requests at a time: those of one halt have no order. The first that is not taken ends
 * the delivery once those under way are answered; the next delivery sends what is left.
 */
export async function deliverSignals(
  { entry, index, id, at }: Item,
  { streamId, audience }: { streamId: string; audience: string },
  post: PostToken,
): Promise<Outcome> {
  const issuer = sessionConfig().publicUrl
  const events = index === null ? [verification(streamId, id)] : await eventsOf(entry, issuer)
  if (events.length === 0) return { ok: true }
  const key = await signalKey(pool('app'))
  const place = `${streamId} ${id}`
  const until = performance.now() + BUDGET_MS
  const taken = sent.get(place) ?? new Set<string>()
  sent.set(place, taken)
  const left = events.filter(({ jti }) => !taken.has(jti))
  let ended: Outcome | undefined
  const lane = async () => {
    for (let event = left.shift(); event !== undefined && ended === undefined; event = left.shift()) {
      if (performance.now() > until) {
        ended = failure('busy', `${String(taken.size)} of ${String(events.length)} events`, 0)
        return
      }
      const now = Math.floor((index === null ? at.getTime() : Date.now()) / 1_000)
      const outcome = await post(await signSecurityEvent(key, event, { issuer, audience, now }))
      if (outcome.ok) taken.add(event.jti)
      else ended ??= outcome
    }
  }
  const lanes = await Promise.allSettled(Array.from({ length: SIGNAL_LANES }, lane))
  const thrown = lanes.find((each) => each.status === 'rejected')
  if (thrown !== undefined) throw thrown.reason
  if (ended !== undefined) return ended
  sent.delete(place)
  return { ok: true }
}

async function eventsOf(entry: Item['entry'], issuer: string): Promise<SecurityEvent[]> {
  const haltId = entry?.about?.halt ?? null
  if (haltId === null || (entry?.kind !== 'halt.engaged' && entry?.kind !== 'halt.lift_stopped')) return []
  const halt = await coveredBy(pool('app'), haltId, entry.kind === 'halt.lift_stopped')
  return halt === null ? [] : halt.agents.map((agent) => sessionRevoked(halt, agent, issuer))
}
