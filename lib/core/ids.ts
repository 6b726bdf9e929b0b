import { fault } from './fault'

/**
 * The prefixes an id wears at the edge (DESIGN §3). Inside, an id is a bare UUIDv7; outside it says what it names, so
 * that an approval's id pasted where an action's belongs is refused with a sentence instead of "not found".
 */
export const ID_PREFIXES = {
  agent: 'agt',
  action: 'act',
  alert: 'alr',
  approval: 'apr',
  boundary: 'bnd',
  check: 'chk',
  credential: 'crd',
  drill: 'drl',
  elevation: 'elv',
  enforcement_point: 'enp',
  entry: 'ent',
  halt: 'hlt',
  hook: 'hkt',
  person: 'per',
  provider: 'idp',
  question: 'qst',
  run: 'run',
  runner: 'rnr',
  session: 'ses',
  source: 'src',
  stream: 'str',
  channel: 'chn',
  notification: 'ntf',
  token: 'tok',
  tool: 'tol',
  conclusion: 'con',
  upstream: 'ups',
} as const
export type IdKind = keyof typeof ID_PREFIXES

/**
 * A UUIDv7 (RFC 9562 §5.7): 48 bits of Unix milliseconds, then 74 random bits. The order of ids is the order of time,
 * which the ledger's partitions and every newest-first index rely on.
 * @param now milliseconds since 1970; the caller's clock, read once at the edge
 * @param random at least 10 random bytes
 */
export function uuidv7(now: number, random: Uint8Array): string {
  if (!Number.isSafeInteger(now) || now < 0 || now >= 2 ** 48)
    throw new RangeError('now must be 48 bits of milliseconds')
  if (random.length < 10) throw new RangeError('random must be at least 10 bytes')
  const time = now.toString(16).padStart(12, '0')
  const rest = Array.from(random.subarray(0, 10), (byte) => byte.toString(16).padStart(2, '0')).join('')
  const variant = (8 | (Number.parseInt(rest.charAt(4), 16) & 3)).toString(16)
  return `${time.slice(0, 8)}-${time.slice(8)}-7${rest.slice(1, 4)}-${variant}${rest.slice(5, 8)}-${rest.slice(8, 20)}`
}

/** A fresh UUIDv7 from this machine's clock and its cryptographic random source. */
export function newId(now: number = Date.now()): string {
  return uuidv7(now, globalThis.crypto.getRandomValues(new Uint8Array(10)))
}

/** `act_019a…` (prefix and 32 hex digits) for a UUID. */
export function publicId(kind: IdKind, uuid: string): string {
  return `${ID_PREFIXES[kind]}_${uuid.replaceAll('-', '')}`
}

/**
 * The UUID inside a public id.
 * @throws Fault `invalid_id` naming `field` when the text is not an id of that kind
 */
export function parsePublicId(kind: IdKind, text: string, field: string = kind): string {
  const prefix = `${ID_PREFIXES[kind]}_`
  const hex = text.slice(prefix.length)
  if (!text.startsWith(prefix) || !/^[0-9a-f]{32}$/.test(hex)) {
    throw fault('invalid_id', { field, detail: `An id of this kind is "${prefix}" and 32 hexadecimal digits.` })
  }
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}

/** The moment a UUIDv7 was made, in milliseconds since 1970. */
export function idTime(uuid: string): number {
  return Number.parseInt(uuid.slice(0, 8) + uuid.slice(9, 13), 16)
}
