import { randomBytes } from 'node:crypto'
import { fault } from '@/lib/core/fault'
import { sha256 } from '@/lib/core/canonical'
import { countTry, windowRemainder } from '@/lib/db/throttle'
import type { Db } from '@/lib/db/client'
import { DEVICE_CODE_SECONDS, POLL_SECONDS, userCodeFrom } from './device-login'
import { makeSecret } from './one-time'
import { countWaiting, insertDeviceLogin } from './store-device'

/** Anybody may ask: how often from one address in ten minutes, and how many may wait from it and in all (RFC 8628 §5.1: fewer codes, fewer hits). */
const MOST_ASKED = { seconds: 600, most: 30 }
const MOST_WAITING = { here: 20, all: 1_000 }

/**
 * Opens a login for a command line (RFC 8628 §3.2). Nobody is known yet, so nothing is recorded: what nobody answers is forgotten. Its try
 * counts also when it is refused, so it takes no transaction.
 * @throws Fault `too_many_requests`
 */
export async function askDeviceLogin(
  db: Db,
  asking: { machine: string; userAgent: string; address: string },
  now: Date,
): Promise<{ deviceCode: string; userCode: string }> {
  const tries = await countTry(db, `device:asked:${asking.address}`, MOST_ASKED.seconds, now)
  const waiting = await countWaiting(db, asking.address, now)
  if (tries > MOST_ASKED.most || waiting.here >= MOST_WAITING.here || waiting.all >= MOST_WAITING.all)
    throw fault('too_many_requests', {
      detail: 'Too many command lines are waiting to be let in. Answer those in /device, or wait.',
      retryAfterSeconds: windowRemainder(now, MOST_ASKED.seconds),
    })
  const deviceCode = makeSecret().secret
  const row = {
    ...asking,
    deviceCodeHash: sha256(deviceCode),
    askedAt: now,
    expiresAt: new Date(now.getTime() + DEVICE_CODE_SECONDS * 1_000),
    intervalSeconds: POLL_SECONDS,
  }
  for (let attempt = 0; attempt < 5; attempt += 1) {
    const userCode = userCodeFrom(randomBytes(64))
    if (await insertDeviceLogin(db, { ...row, userCode })) return { deviceCode, userCode }
  }
  throw fault('unavailable', { detail: 'No free code was found. Try again.' })
}
