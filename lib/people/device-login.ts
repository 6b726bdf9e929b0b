/**
 * Logging a command line in by device flow (RFC 8628, ADR 0055): it shows a short code, a person types it where they are signed in, and it is
 * given a token of theirs. Pure.
 */

/** The one client that asks so: public, it has no secret (RFC 6749 §2.1). */
export const COMMAND_LINE_CLIENT = 'countersign-cli'
export const DEVICE_CODE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code'

/** How long a code may be typed and answered, in seconds, and how long the command line waits between two questions. */
export const DEVICE_CODE_SECONDS = 600
export const POLL_SECONDS = 3
/** RFC 8628 §3.5: by how much a question too soon lengthens the wait; and how long it becomes at most. */
const SLOWER_BY = 5
const SLOWEST = 60
/** A question that the network carried faster than the one before it is not too soon. Milliseconds. */
const JITTER_MS = 500

/** A working day, said on the page: afterwards the command line asks again. */
export const COMMAND_LINE_HOURS = 8

export const COMMAND_LINE_PREFIX = 'cs_cli_'
export const COMMAND_LINE_TOKEN = /^cs_cli_[0-9A-Za-z_-]{43}$/

/** RFC 8628 §6.1: consonants alone. Nothing is taken for another letter, and nothing spells a word. */
export const USER_CODE_ALPHABET = 'BCDFGHJKLMNPQRSTVWXZ'
const USER_CODE_LENGTH = 8

/**
 * A user code, 34.5 bits: evenly drawn, since a byte from 240 up is passed over.
 * @param random many random bytes; 64 run out once in 10^20 times, and then it throws
 */
export function userCodeFrom(random: Uint8Array): string {
  const letters = [...random]
    .filter((byte) => byte < 240)
    .map((byte) => USER_CODE_ALPHABET.charAt(byte % USER_CODE_ALPHABET.length))
  if (letters.length < USER_CODE_LENGTH) throw new RangeError('a user code takes more random bytes')
  return letters.slice(0, USER_CODE_LENGTH).join('')
}

/** As people read it: `WDJB-MJHT`. */
export const userCodeShown = (code: string): string => `${code.slice(0, 4)}-${code.slice(4)}`

/** What somebody typed as a user code, whatever they put between its letters; undefined where it cannot be one. */
export function userCodeTyped(text: string): string | undefined {
  const letters = text.replaceAll(/[\s\p{Pd}_.]/gu, '')
  // before it is made upper case: some letters of other scripts would become ours
  if (!/^[A-Za-z]{8}$/.test(letters)) return undefined
  const code = letters.toUpperCase()
  return [...code].every((letter) => USER_CODE_ALPHABET.includes(letter)) ? code : undefined
}

/** What decides how the next question of a command line is answered. */
export type DeviceLogin = {
  expiresAt: Date
  intervalSeconds: number
  polledAt: Date | null
  answer: 'allowed' | 'refused' | null
  claimedAt: Date | null
  /** whether whoever allowed it still has an account, and the browser they did it in is still signed in */
  stands: boolean
}

export type DeviceLoginState = 'waiting' | 'allowed' | 'refused' | 'claimed' | 'expired'

/** Where a login stands at a moment. */
export function deviceLoginState(
  login: Pick<DeviceLogin, 'answer' | 'claimedAt' | 'expiresAt'>,
  now: Date,
): DeviceLoginState {
  if (login.claimedAt !== null) return 'claimed'
  if (login.answer === 'refused') return 'refused'
  if (login.expiresAt <= now) return 'expired'
  return login.answer === 'allowed' ? 'allowed' : 'waiting'
}

/**
 * What a command line is told when it asks (RFC 8628 §3.5). `given`: its token. `used`: the code was used before, so that whoever holds the
 * token might not be who asked: it ends (RFC 6749 §10.5).
 */
export type Heard =
  | { says: 'given' }
  | { says: 'used' }
  | { says: 'authorization_pending' | 'access_denied' | 'expired_token' }
  | { says: 'slow_down'; intervalSeconds: number }

/** How a question is answered at a moment. */
export function heard(login: DeviceLogin, now: Date): Heard {
  const state = deviceLoginState(login, now)
  switch (state) {
    case 'claimed':
      return { says: 'used' }
    case 'expired':
      return { says: 'expired_token' }
    case 'refused':
      return { says: 'access_denied' }
    case 'allowed':
      return login.stands ? { says: 'given' } : { says: 'access_denied' }
    case 'waiting': {
      const soonest = (login.polledAt?.getTime() ?? -Infinity) + login.intervalSeconds * 1_000 - JITTER_MS
      if (now.getTime() >= soonest) return { says: 'authorization_pending' }
      return { says: 'slow_down', intervalSeconds: Math.min(SLOWEST, login.intervalSeconds + SLOWER_BY) }
    }
  }
}
