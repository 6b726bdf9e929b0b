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
/** How many events of a halt a receiver has, while more of them are under way: forgotten with the process, and then sent again under the same `jti`. */
const sent = new Map<string, number>()

/**
 * Hands a receiver what an entry means to it: for a halt, that the session of each agent it covers is revoked; for a test, a verification;
 * for anything else, nothing. One token a request (RFC 8935 §2.1), in order.
 */
export async function deliverSignals(
  { entry, index, id, at }: Item,
  { streamId, audience }: { streamId: string; audience: string },
  post: PostToken,
): Promise<Outcome> {
  const issuer = sessionConfig().publicUrl
  const haltId = entry?.kind === 'halt.engaged' ? (entry.about?.halt ?? null) : null
  const events = index === null ? [verification(streamId, id)] : haltId === null ? [] : await eventsOf(haltId, issuer)
  if (events.length === 0) return { ok: true }
  const key = await signalKey(pool('app'))
  const place = `${streamId} ${id}`
  const until = performance.now() + BUDGET_MS
  for (let n = sent.get(place) ?? 0; n < events.length; n++) {
    const event = events[n]
    if (event === undefined) break
    if (performance.now() > until) return failure('busy', `${String(n)} of ${String(events.length)} events`, 0)
    const now = Math.floor((index === null ? at.getTime() : Date.now()) / 1_000)
    const outcome = await post(await signSecurityEvent(key, event, { issuer, audience, now }))
    if (!outcome.ok) return outcome
    sent.set(place, n + 1)
  }
  sent.delete(place)
  return { ok: true }
}

async function eventsOf(haltId: string, issuer: string): Promise<SecurityEvent[]> {
  const halt = await coveredBy(pool('app'), haltId)
  return halt === null ? [] : halt.agents.map((agentId) => sessionRevoked(halt, agentId, issuer))
}
