import { createPublicKey, hash, verify, type JsonWebKey } from 'node:crypto'

/**
 * Signatures by passkey (WebAuthn level 3), checked by nothing but Node: what the ledger keeps of one says who put their name to what.
 * Binary fields are hexadecimal.
 */
export type KeptAssertion = {
  statement: Readonly<Record<string, unknown>>
  passkey: string
  rp_id: string
  origin: string
  public_key: string
  authenticator_data: string
  client_data: string
  signature: string
}

/** What can be wrong with one. Closed. */
export type AssertionFault =
  | 'unreadable'
  | 'another_challenge'
  | 'another_purpose'
  | 'another_origin'
  | 'another_relying_party'
  | 'nobody_touched_it'
  | 'user_not_verified'
  | 'unknown_algorithm'
  | 'bad_signature'

/** Whether a value has the form of a kept assertion. */
export function isAssertion(value: unknown): value is KeptAssertion {
  if (typeof value !== 'object' || value === null) return false
  const one = value as Record<string, unknown>
  const hexes = [one['public_key'], one['authenticator_data'], one['client_data'], one['signature']]
  return (
    typeof one['statement'] === 'object' &&
    one['statement'] !== null &&
    [one['passkey'], one['rp_id'], one['origin']].every((text) => typeof text === 'string') &&
    hexes.every((text) => typeof text === 'string' && /^(?:[0-9a-f]{2})+$/.test(text))
  )
}

/**
 * Checks one (WebAuthn §7.2, steps that need no server): the challenge is the SHA-256 of the statement's RFC 8785 form, the browser was at
 * an address of the relying party, the authenticator checked who touched it, and its key signed exactly that. Null: it holds.
 */
export function assertionFault(kept: KeptAssertion): AssertionFault | null {
  const [data, client] = [Buffer.from(kept.authenticator_data, 'hex'), Buffer.from(kept.client_data, 'hex')]
  const said = clientDataIn(client)
  if (said === null || data.length < 37) return 'unreadable'
  const challenge = hash('sha256', canonical(kept.statement), 'buffer').toString('base64url')
  if (said['challenge'] !== challenge) return 'another_challenge'
  if (said['type'] !== 'webauthn.get') return 'another_purpose'
  if (said['origin'] !== kept.origin || !isOf(kept.origin, kept.rp_id)) return 'another_origin'
  if (said['crossOrigin'] === true) return 'another_origin'
  if (!data.subarray(0, 32).equals(hash('sha256', kept.rp_id, 'buffer'))) return 'another_relying_party'
  const flags = data[32] ?? 0
  if ((flags & 0x01) === 0) return 'nobody_touched_it'
  if ((flags & 0x04) === 0) return 'user_not_verified'
  const key = keyIn(Buffer.from(kept.public_key, 'hex'))
  if (key === null) return 'unknown_algorithm'
  const signed = Buffer.concat([data, hash('sha256', client, 'buffer')])
  try {
    const held = verify(
      key.algorithm,
      signed,
      createPublicKey({ key: key.jwk, format: 'jwk' }),
      Buffer.from(kept.signature, 'hex'),
    )
    return held ? null : 'bad_signature'
  } catch {
    return 'bad_signature'
  }
}

function clientDataIn(bytes: Buffer): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8'))
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null
  } catch {
    return null
  }
}

/** Whether an origin may use a relying party's passkeys: its host is the id, or a name under it (HTML, registrable suffix). */
function isOf(origin: string, rpId: string): boolean {
  if (!URL.canParse(origin)) return false
  const { hostname, protocol } = new URL(origin)
  const secure = protocol === 'https:' || hostname === 'localhost' || hostname.endsWith('.localhost')
  return secure && (hostname === rpId || hostname.endsWith(`.${rpId}`))
}

/** The RFC 8785 form of a JSON value whose numbers are whole: keys in order of their UTF-16 units, no blank. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${canonical(member)}`).join(',')}}`
}

/** A COSE_Key (RFC 9052 §7, RFC 9053) as a JWK: ES256, EdDSA with Ed25519, RS256; null for any other. */
function keyIn(bytes: Buffer): { jwk: JsonWebKey; algorithm: string | null } | null {
  const key = readMap(bytes)
  const part = (label: number) => {
    const value = key?.get(label)
    return value instanceof Buffer ? value.toString('base64url') : ''
  }
  const [type, algorithm, curve] = [key?.get(1), key?.get(3), key?.get(-1)]
  if (type === 2 && algorithm === -7 && curve === 1)
    return { jwk: { kty: 'EC', crv: 'P-256', x: part(-2), y: part(-3) }, algorithm: 'sha256' }
  if (type === 1 && algorithm === -8 && curve === 6)
    return { jwk: { kty: 'OKP', crv: 'Ed25519', x: part(-2) }, algorithm: null }
  if (type === 3 && algorithm === -257) return { jwk: { kty: 'RSA', n: part(-1), e: part(-2) }, algorithm: 'sha256' }
  return null
}

/** A CBOR map (RFC 8949) of whole numbers to whole numbers and byte strings, of definite length and with nothing behind it; null for any other. */
function readMap(bytes: Buffer): Map<number, number | Buffer> | null {
  let at = 0
  const head = (): { major: number; value: number } | null => {
    const first = bytes[at]
    if (first === undefined) return null
    const [major, size] = [first >> 5, first & 31]
    const width = size < 24 ? 0 : size === 24 ? 1 : size === 25 ? 2 : size === 26 ? 4 : -1
    if (width < 0 || at + 1 + width > bytes.length) return null
    const value = width === 0 ? size : bytes.readUIntBE(at + 1, width)
    at += 1 + width
    return { major, value }
  }
  const whole = ({ major, value }: { major: number; value: number }) =>
    major === 0 ? value : major === 1 ? -1 - value : null
  const start = head()
  if (start?.major !== 5) return null
  const map = new Map<number, number | Buffer>()
  for (let i = 0; i < start.value; i += 1) {
    const [label, value] = [head(), head()]
    const name = label && whole(label)
    if (name === null || value === null || map.has(name)) return null
    const number = whole(value)
    if (number === null && (value.major !== 2 || at + value.value > bytes.length)) return null
    map.set(name, number ?? bytes.subarray(at, at + value.value))
    if (number === null) at += value.value
  }
  return at === bytes.length ? map : null
}
