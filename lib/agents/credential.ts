/**
 * An agent's long-lived credential: a client id that names it and a secret that is shown once. The secret is 256 random
 * bits, so its plain SHA-256 can be kept: there is nothing to guess, and what a slow hash protects (a word a person
 * chose) does not exist here. A fast hash also keeps `/oauth/token` from being a way to exhaust the server.
 */
export const CLIENT_PREFIX = 'ag_'
/** Says whose secret it is to whoever finds it in a log, and to every scanner of secrets. */
export const SECRET_PREFIX = 'cs_agent_'

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const SECRET_BYTES = 32
// The least number of base-62 digits that carries 256 bits.
const SECRET_DIGITS = 43
const CLIENT_BYTES = 12

export const CLIENT_ID = /^ag_[0-9a-f]{24}$/
export const SECRET = /^cs_agent_[0-9A-Za-z]{43}$/

/** A client id from 12 random bytes. */
export function clientIdFrom(random: Uint8Array): string {
  if (random.length < CLIENT_BYTES) throw new RangeError(`a client id takes ${CLIENT_BYTES} random bytes`)
  return CLIENT_PREFIX + Buffer.from(random.subarray(0, CLIENT_BYTES)).toString('hex')
}

/** A secret from 32 random bytes, in letters and digits alone, so that a double click selects all of it. */
export function secretFrom(random: Uint8Array): string {
  if (random.length < SECRET_BYTES) throw new RangeError(`a secret takes ${SECRET_BYTES} random bytes`)
  let rest = BigInt(`0x${Buffer.from(random.subarray(0, SECRET_BYTES)).toString('hex')}`)
  let digits = ''
  while (digits.length < SECRET_DIGITS) {
    digits = BASE62.charAt(Number(rest % 62n)) + digits
    rest /= 62n
  }
  return SECRET_PREFIX + digits
}

/** A client id and its secret from 44 random bytes: 12 that name it, 32 that nobody can guess. */
export function mint(random: Uint8Array): { clientId: string; clientSecret: string } {
  return {
    clientId: clientIdFrom(random.subarray(0, CLIENT_BYTES)),
    clientSecret: secretFrom(random.subarray(CLIENT_BYTES)),
  }
}

/** What the state of a credential is derived from. */
export type CredentialTimes = { expiresAt: Date | null; revokedAt: Date | null }

export type CredentialState = 'live' | 'ending' | 'expired' | 'revoked'

/** A credential that was rotated away still works until its chosen end: that is the overlap. */
export function credentialState({ expiresAt, revokedAt }: CredentialTimes, now: Date): CredentialState {
  if (revokedAt !== null) return 'revoked'
  if (expiresAt === null) return 'live'
  return expiresAt <= now ? 'expired' : 'ending'
}

/** Whether a credential still authenticates its agent. */
export function isUsable(times: CredentialTimes, now: Date): boolean {
  const state = credentialState(times, now)
  return state === 'live' || state === 'ending'
}

/** The longest two secrets of one agent may overlap: long enough for a deployment, too short to be forgotten. */
export const LONGEST_OVERLAP_HOURS = 7 * 24
/** How many usable credentials an agent may have at once; beyond that nobody can say which is in use where. */
export const MOST_CREDENTIALS = 4

/** The overlaps people choose from when they rotate, in hours. 0: the old one ends at once. */
export const OVERLAPS = [0, 1, 24, 72, LONGEST_OVERLAP_HOURS] as const

/** When a secret that is rotated now ends. */
export function overlapEnd(now: Date, hours: number): Date {
  if (!(hours >= 0 && hours <= LONGEST_OVERLAP_HOURS)) throw new RangeError('an overlap is 0 to 168 hours')
  return new Date(now.getTime() + hours * 3_600_000)
}
