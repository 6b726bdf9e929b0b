import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  createSecretKey,
  timingSafeEqual,
  type KeyObject,
} from 'node:crypto'

/** The part of a payload that people search and read in lists, kept in plain beside it: columns of `ledger.projection`. */
export interface Projection {
  tool?: string | null
  resource_type?: string | null
  resource_id?: string | null
  requester?: string | null
  requester_proof?: 'verified' | 'asserted' | null
  /** What it is about, in one sentence. */
  sentence?: string | null
  /** What an agent said of its reasons (C27). */
  signals?: string[] | null
  intel?: string[] | null
  skill?: string | null
  /** 0 to 1 */
  confidence?: number | null
  /** The number its arguments call `amount`. */
  amount?: number | null
}

/** The same as it is stored: every column, null where there is nothing. */
export type StoredProjection = {
  [Column in keyof Projection]-?: Exclude<Projection[Column], undefined>
}

/** The key a payload is sealed under: that of the person or agent it is about. */
export interface SubjectKey {
  id: string
  key: KeyObject
}

/** The randomness of one seal: 32 bytes that key the commitment, 12 that start the cipher. Never used twice. */
export interface SealRandom {
  nonce: Buffer
  iv: Buffer
}

export interface Sealed {
  /** iv (12) ‖ AES-256-GCM ciphertext of nonce (32) ‖ committed bytes ‖ tag (16), bound to the entry's id. */
  ciphertext: Buffer
  /** base64url of HMAC-SHA-256(nonce, committed bytes): all that the entry keeps. */
  commitment: string
}

export type Unsealed =
  { ok: true; payload: unknown } | { ok: false; reason: 'cannot_decrypt' | 'other_commitment' | 'other_projection' }

/**
 * Seals a payload: what is committed to is the digest of its projection and then its JSON, so that neither can be changed
 * without the entry telling. The commitment's nonce is inside the ciphertext: once the key is gone, nobody can
 * guess a payload and check the guess (a plain hash of an e-mail address can be guessed in minutes).
 */
export function seal(
  entryId: string,
  payload: unknown,
  projection: Projection | null,
  key: KeyObject,
  random: SealRandom,
): Sealed {
  const committed = Buffer.concat([projectionDigest(projection), Buffer.from(JSON.stringify(payload ?? null), 'utf8')])
  const cipher = createCipheriv('aes-256-gcm', key, random.iv)
  cipher.setAAD(Buffer.from(entryId, 'latin1'))
  const body = [random.iv, cipher.update(random.nonce), cipher.update(committed), cipher.final(), cipher.getAuthTag()]
  return { ciphertext: Buffer.concat(body), commitment: commit(random.nonce, committed).toString('base64url') }
}

/** Opens a sealed payload and checks it against the entry's commitment and the projection as it is stored. Never throws. */
export function unseal(
  entryId: string,
  ciphertext: Uint8Array,
  commitment: string,
  projection: Projection | null,
  key: KeyObject,
): Unsealed {
  const plain = decrypt(ciphertext, key, Buffer.from(entryId, 'latin1'))
  if (!plain || plain.length < 64) return { ok: false, reason: 'cannot_decrypt' }
  const committed = plain.subarray(32)
  const promised = Buffer.from(commitment, 'base64url')
  if (promised.length !== 32 || !timingSafeEqual(promised, commit(plain.subarray(0, 32), committed))) {
    return { ok: false, reason: 'other_commitment' }
  }
  if (!committed.subarray(0, 32).equals(projectionDigest(projection))) return { ok: false, reason: 'other_projection' }
  return { ok: true, payload: JSON.parse(committed.subarray(32).toString('utf8')) }
}

/**
 * What `unseal` checks, for who hands it on: the commitment's nonce and the payload's JSON as it was committed to; null where
 * any of it does not hold.
 */
export function unsealed(
  entryId: string,
  ciphertext: Uint8Array,
  commitment: string,
  projection: Projection | null,
  key: KeyObject,
): { nonce: Buffer; payload: string } | null {
  if (!unseal(entryId, ciphertext, commitment, projection, key).ok) return null
  const plain = decrypt(ciphertext, key, Buffer.from(entryId, 'latin1'))
  return plain && { nonce: plain.subarray(0, 32), payload: plain.subarray(64).toString('utf8') }
}

/** Encrypts a subject's key for keeping, bound to its id: AES-256-GCM as iv ‖ ciphertext ‖ tag. */
export function wrapKey(id: string, key: KeyObject, wrapping: KeyObject, iv: Buffer): Buffer {
  const cipher = createCipheriv('aes-256-gcm', wrapping, iv)
  cipher.setAAD(Buffer.from(id, 'latin1'))
  return Buffer.concat([iv, cipher.update(key.export()), cipher.final(), cipher.getAuthTag()])
}

/** Reads what `wrapKey` wrote; null when another key wrapped it or it was changed. */
export function unwrapKey(id: string, wrapped: Uint8Array, wrapping: KeyObject): KeyObject | null {
  const plain = decrypt(wrapped, wrapping, Buffer.from(id, 'latin1'))
  return plain?.length === 32 ? createSecretKey(plain) : null
}

/** A hash that only the holder of the commitment key can make: finds a subject, or sameness, and gives nothing away. */
export function keyedHash(commitment: KeyObject, purpose: string, value: string | Uint8Array): Buffer {
  return createHmac('sha256', commitment).update(`${purpose}\n`).update(value).digest()
}

const commit = (nonce: Uint8Array, committed: Uint8Array) => createHmac('sha256', nonce).update(committed).digest()

/** What of a projection came with the reasons, as the database takes it; null when it holds none of it. */
export function saidOf(projection: Projection | Record<string, unknown> | null): string | null {
  const { signals, intel, skill, confidence, amount } = projection ?? {}
  const said = Object.entries({ signals, intel, skill, confidence, amount }).filter(
    ([, value]) => (value ?? null) !== null,
  )
  return said.length === 0 ? null : JSON.stringify(Object.fromEntries(said))
}

/**
 * The columns in a fixed order, absent ones as null: JSON, so that no two rows read alike. Its SHA-256 is committed to. The five that
 * came later take part where one of them is there, so that what was sealed before them opens as it did.
 */
export function projectionText(projection: Projection | null): string {
  const { tool, resource_type, resource_id, requester, requester_proof, sentence } = projection ?? {}
  const { signals, intel, skill, confidence, amount } = projection ?? {}
  const first = [tool, resource_type, resource_id, requester, requester_proof, sentence]
  const later = [signals, intel, skill, confidence, amount]
  const columns = (saidOf(projection) === null ? first : [...first, ...later]).map((value) => value ?? null)
  return JSON.stringify(columns)
}

function projectionDigest(projection: Projection | null): Buffer {
  return createHash('sha256').update(projectionText(projection)).digest()
}

function decrypt(sealed: Uint8Array, key: KeyObject, bound: Buffer): Buffer | null {
  if (sealed.length < 28) return null
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, 12), { authTagLength: 16 })
    decipher.setAAD(bound)
    decipher.setAuthTag(sealed.subarray(-16))
    return Buffer.concat([decipher.update(sealed.subarray(12, -16)), decipher.final()])
  } catch {
    return null
  }
}
