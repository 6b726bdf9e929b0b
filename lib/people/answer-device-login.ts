import { fault } from '@/lib/core/fault'
import type { Db } from '@/lib/db/client'
import { countTry, windowRemainder } from '@/lib/db/throttle'
import { append } from '@/lib/ledger/append'
import type { Actor } from './actor'
import { deviceLoginState, userCodeTyped } from './device-login'
import { findDeviceLogin, takeByUserCode, writeAnswer } from './store-device'

/** Codes one person may type in ten minutes: each is one chance in 25 billion for each code that waits (RFC 8628 §5.1). */
const MOST_TYPED = { seconds: 600, most: 20 }

/**
 * Finds the login whose code a person typed; from then on it is theirs alone to answer. The try is counted also when it is wrong, so it takes
 * no transaction.
 * @throws Fault `too_many_requests`, `invalid_request` on `user_code`
 */
export async function findLogin(db: Db, actor: Actor, typed: string, now: Date): Promise<{ id: string }> {
  const code = userCodeTyped(typed)
  if (code === undefined)
    throw fault('invalid_request', {
      field: 'user_code',
      detail: 'A code is eight letters, like WDJB-MJHT, without vowels.',
    })
  if ((await countTry(db, `device:typed:${actor.id}`, MOST_TYPED.seconds, now)) > MOST_TYPED.most)
    throw fault('too_many_requests', {
      field: 'user_code',
      detail: 'Too many codes. Wait a few minutes, then begin again in your terminal.',
      retryAfterSeconds: windowRemainder(now, MOST_TYPED.seconds),
    })
  const login = await takeByUserCode(db, code, now, actor.id)
  if (login === null)
    throw fault('invalid_request', {
      field: 'user_code',
      detail:
        'No command line waits under this code. It is good for ten minutes, and once: begin again in your terminal.',
    })
  return login
}

/**
 * Lets a command line in, or refuses it, in the caller's transaction: once, by whoever typed its code, from a browser.
 * @throws Fault `not_found`, `already_decided`, `expired`
 */
export async function answerDeviceLogin(
  db: Db,
  actor: Actor,
  given: { id: string; answer: 'allowed' | 'refused' },
  now: Date,
): Promise<void> {
  const login = await findDeviceLogin(db, given.id, now, actor.id)
  if (login === null) throw fault('not_found')
  const state = deviceLoginState(login, now)
  if (state === 'expired')
    throw fault('expired', { detail: 'This code is over. Begin again in your terminal: npx countersign login' })
  const written = await writeAnswer(db, { ...given, personId: actor.id, session: actor.via.id }, now)
  if (!written) throw fault('already_decided', { detail: 'You have answered this.' })
  await append(db, {
    kind: given.answer === 'allowed' ? 'device_login.allowed' : 'device_login.refused',
    actor: `person:${actor.id}`,
    about: { device_login: login.id, session: actor.via.id },
    payload: { machine: login.machine, address: login.address },
  })
}
