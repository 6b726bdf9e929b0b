import { sha256 } from '@/lib/core/canonical'
import type { Db } from '@/lib/db/client'
import { append } from '@/lib/ledger/append'
import { COMMAND_LINE_HOURS, COMMAND_LINE_PREFIX, heard, type Heard } from './device-login'
import { hashSecret, makeSecret } from './one-time'
import { endSessions } from './revoke-session'
import { insertCommandLine, lockByDeviceCode, notePoll, findCommandLine } from './store-device'

export type DeviceAnswer =
  | { says: 'token'; token: string; seconds: number }
  | { says: 'invalid_grant' }
  | Exclude<Heard, { says: 'given' | 'used' }>

/**
 * Answers a command line that asks whether it was let in (RFC 8628 §3.4), in the caller's transaction. It is given its token once; a code that
 * is shown again ends what was given for it, since one of the two is not who asked (RFC 6749 §10.5).
 */
export async function claimDeviceLogin(db: Db, deviceCode: string, now: Date): Promise<DeviceAnswer> {
  const login = await lockByDeviceCode(db, sha256(deviceCode), now)
  if (login === null) return { says: 'invalid_grant' }
  const answer = heard(login, now)
  switch (answer.says) {
    case 'used':
      if (login.personId !== null && login.sessionId !== null)
        await endSessions(db, null, { id: login.sessionId, personId: login.personId }, now)
      return { says: 'invalid_grant' }
    case 'authorization_pending':
      await notePoll(db, login.id, login.intervalSeconds, now)
      return answer
    case 'slow_down':
      await notePoll(db, login.id, answer.intervalSeconds, now)
      return answer
    case 'given':
      return give(db, { ...login, personId: login.personId ?? '' }, now)
    default:
      return answer
  }
}

type Claimed = { id: string; personId: string; machine: string; userAgent: string; address: string }

async function give(db: Db, login: Claimed, now: Date): Promise<DeviceAnswer> {
  const { secret, hash } = makeSecret(COMMAND_LINE_PREFIX)
  const session = await insertCommandLine(db, { ...login, tokenHash: hash }, now)
  await append(db, {
    kind: 'device_login.claimed',
    actor: `person:${login.personId}`,
    about: { device_login: login.id, session: session.id },
    payload: { machine: login.machine, address: login.address, expires_at: session.expiresAt.toISOString() },
  })
  return { says: 'token', token: secret, seconds: COMMAND_LINE_HOURS * 3_600 }
}

/**
 * Ends the command line that shows a token (RFC 7009), in the caller's transaction; nothing where it has ended, or is nobody's: whoever asks is
 * told the same.
 */
export async function logOut(db: Db, token: string, now: Date): Promise<void> {
  const session = await findCommandLine(db, hashSecret(token))
  if (session !== null) await endSessions(db, session.personId, session, now)
}
