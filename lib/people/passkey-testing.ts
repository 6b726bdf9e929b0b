import { createHash, createSign, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'
import { isoCBOR } from '@simplewebauthn/server/helpers'
import type { AssertionInput, AttestationInput } from './passkey-contract'
import { TEST_ORIGIN } from './testing'

/**
 * An authenticator in software, for database tests of every room: real keys, real signatures, and the lies a stolen or foreign one would
 * tell. Not for the product.
 */
export type Lies = Partial<{
  origin: string
  rpId: string
  /** says that nobody checked who touched it */
  unverified: boolean
  counter: number
  /** signs something else than it shows */
  forged: boolean
  /** calls itself by another credential’s id */
  id: string
}>

type Algorithm = 'ES256' | 'EdDSA' | 'RS256'

export class SoftKey {
  readonly id = randomBytes(32).toString('base64url')
  readonly #key: KeyObject
  readonly #algorithm: Algorithm
  readonly cose: Buffer
  counter = 0

  constructor(algorithm: Algorithm = 'ES256') {
    this.#algorithm = algorithm
    const { privateKey, publicKey } =
      algorithm === 'ES256'
        ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
        : algorithm === 'EdDSA'
          ? generateKeyPairSync('ed25519')
          : generateKeyPairSync('rsa', { modulusLength: 2048 })
    this.#key = privateKey
    this.cose = coseOf(publicKey, algorithm)
  }

  /** Answers `navigator.credentials.create()`. */
  create(challenge: string, lies: Lies = {}): AttestationInput {
    const clientDataJSON = clientData('webauthn.create', challenge, lies)
    const id = Buffer.from(this.id, 'base64url')
    const length = Buffer.alloc(2)
    length.writeUInt16BE(id.length)
    const authData = Buffer.concat([
      head(lies, 0x40, lies.counter ?? this.counter),
      Buffer.alloc(16),
      length,
      id,
      this.cose,
    ])
    const attestation = isoCBOR.encode(
      new Map<string, unknown>([
        ['fmt', 'none'],
        ['attStmt', new Map()],
        ['authData', new Uint8Array(authData)],
      ]) as unknown as Parameters<typeof isoCBOR.encode>[0],
    )
    return {
      id: this.id,
      rawId: this.id,
      type: 'public-key',
      response: {
        clientDataJSON,
        attestationObject: Buffer.from(attestation).toString('base64url'),
        transports: ['usb'],
      },
    }
  }

  /** Answers `navigator.credentials.get()`. */
  get(challenge: string, lies: Lies = {}): AssertionInput {
    this.counter += 1
    const clientDataJSON = clientData('webauthn.get', challenge, lies)
    const authenticatorData = head(lies, 0, lies.counter ?? this.counter)
    const clientDataHash = createHash('sha256').update(Buffer.from(clientDataJSON, 'base64url')).digest()
    const signed = Buffer.concat([authenticatorData, lies.forged ? randomBytes(32) : clientDataHash])
    const id = lies.id ?? this.id
    return {
      id,
      rawId: id,
      type: 'public-key',
      response: {
        clientDataJSON,
        authenticatorData: authenticatorData.toString('base64url'),
        signature: this.#sign(signed).toString('base64url'),
      },
    }
  }

  #sign(bytes: Buffer): Buffer {
    return this.#algorithm === 'EdDSA'
      ? sign(null, bytes, this.#key)
      : createSign('sha256').update(bytes).sign(this.#key)
  }
}

function clientData(type: string, challenge: string, { origin = TEST_ORIGIN }: Lies): string {
  return Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin: false })).toString('base64url')
}

function head({ rpId = 'localhost', unverified }: Lies, flags: number, counter: number): Buffer {
  const count = Buffer.alloc(4)
  count.writeUInt32BE(counter)
  return Buffer.concat([
    createHash('sha256').update(rpId).digest(),
    Buffer.from([flags | 0x01 | (unverified ? 0 : 0x04)]),
    count,
  ])
}

function coseOf(key: KeyObject, algorithm: Algorithm): Buffer {
  const jwk = key.export({ format: 'jwk' })
  const bytes = (text: string | undefined) => new Uint8Array(Buffer.from(text ?? '', 'base64url'))
  const pairs: [number, number | Uint8Array][] =
    algorithm === 'ES256'
      ? [
          [1, 2],
          [3, -7],
          [-1, 1],
          [-2, bytes(jwk.x)],
          [-3, bytes(jwk.y)],
        ]
      : algorithm === 'EdDSA'
        ? [
            [1, 1],
            [3, -8],
            [-1, 6],
            [-2, bytes(jwk.x)],
          ]
        : [
            [1, 3],
            [3, -257],
            [-1, bytes(jwk.n)],
            [-2, bytes(jwk.e)],
          ]
  return Buffer.from(isoCBOR.encode(new Map(pairs) as Parameters<typeof isoCBOR.encode>[0]))
}
