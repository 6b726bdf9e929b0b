import { createHash, createPublicKey, sign, verify, type KeyObject } from 'node:crypto'
import { checkpointText } from '@/lib/ledger/checkpoint'

/**
 * Cosignatures of witnesses, `cosignature/v1` over Ed25519 (C2SP tlog-cosignature): somebody else's word that at a time this
 * was the largest checkpoint of the log they had seen, and that it was consistent with all before.
 */
export interface Cosigner {
  name: string
  keyId: Buffer
  publicKey: KeyObject
}

export interface CosignerKey {
  name: string
  privateKey: KeyObject
}

export interface Cosignature {
  name: string
  /** When the witness says it signed, seconds since 1970. */
  time: number
  /** The signature line as it stands in the note, without its newline. */
  line: string
}

const TYPE = 0x04
const SPKI_ED25519 = Buffer.from('302a300506032b6570032100', 'hex')
const LINE = /^\u2014 ([^\s+]+) ([A-Za-z0-9+/]+={0,2})$/u
const SIGNATURE_BYTES = 4 + 8 + 64

/** The verifier key of a witness: `name+<8 hex digits of the key id>+<base64 of 0x04 ‖ public key>`. */
export function cosignerVkey({ name, privateKey }: CosignerKey): string {
  return cosignerVkeyOf({ name, publicKey: createPublicKey(privateKey) })
}

/** The verifier key of the same name and key for timestamped signatures: what checks the time a log puts on its own checkpoints. */
export function cosignerVkeyOf({ name, publicKey }: { name: string; publicKey: KeyObject }): string {
  const raw = publicKey.export({ format: 'der', type: 'spki' }).subarray(SPKI_ED25519.length)
  return `${name}+${keyIdOf(name, raw).toString('hex')}+${Buffer.concat([Buffer.from([TYPE]), raw]).toString('base64')}`
}

/** Reads a witness's verifier key; null when it is malformed, of another type, or its id is not that of its key. */
export function parseCosignerVkey(vkey: string): Cosigner | null {
  const [, name, id, text] = /^([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+={0,2})$/u.exec(vkey) ?? []
  if (!name || !id || !text) return null
  const key = Buffer.from(text, 'base64')
  if (key.length !== 33 || key[0] !== TYPE || key.toString('base64') !== text) return null
  const keyId = keyIdOf(name, key.subarray(1))
  if (keyId.toString('hex') !== id) return null
  const publicKey = createPublicKey({
    key: Buffer.concat([SPKI_ED25519, key.subarray(1)]),
    format: 'der',
    type: 'spki',
  })
  return { name, keyId, publicKey }
}

/**
 * Cosigns a checkpoint; answers the line to add to it, without a newline. Whether it may be cosigned is the caller's question.
 * @param text the checkpoint's text, as it was signed
 * @param time seconds since 1970
 */
export function cosign(text: string, time: number, key: CosignerKey): string {
  const signature = sign(null, message(text, time), key.privateKey)
  const bytes = Buffer.concat([keyIdOf(key.name, rawPublicKey(key.privateKey)), timestamp(time), signature])
  return `\u2014 ${key.name} ${bytes.toString('base64')}`
}

/**
 * The cosignatures of known witnesses on a checkpoint. What others signed is ignored; null when one by a known key does not
 * hold, or the note is no checkpoint: then nothing of it may be believed (C2SP signed-note).
 */
export function openCosignatures(note: string, cosigners: readonly Cosigner[]): Cosignature[] | null {
  const text = checkpointText(note)
  if (text === null || !note.endsWith('\n')) return null
  const found: Cosignature[] = []
  for (const line of note.slice(text.length + 1, -1).split('\n')) {
    const [, name, encoded] = LINE.exec(line) ?? []
    const bytes = Buffer.from(encoded ?? '', 'base64')
    const known = cosigners.find((one) => one.name === name && one.keyId.equals(bytes.subarray(0, 4)))
    if (!known) continue
    if (bytes.length !== SIGNATURE_BYTES || bytes.toString('base64') !== encoded) return null
    const time = Number(bytes.readBigUInt64BE(4))
    if (!Number.isSafeInteger(time) || !verify(null, message(text, time), known.publicKey, bytes.subarray(12)))
      return null
    found.push({ name: known.name, time, line })
  }
  return found
}

/** Adds signature lines to a note: those it does not carry yet. */
export function withSignatures(note: string, lines: readonly string[]): string {
  const has = new Set(note.split('\n'))
  return note + lines.flatMap((line) => (has.has(line) ? [] : [`${line}\n`])).join('')
}

function keyIdOf(name: string, publicKey: Uint8Array): Buffer {
  const hash = createHash('sha256')
    .update(`${name}\n`)
    .update(Buffer.from([TYPE]))
    .update(publicKey)
  return hash.digest().subarray(0, 4)
}

function message(text: string, time: number): Buffer {
  return Buffer.from(`cosignature/v1\ntime ${time}\n${text}`, 'utf8')
}

function timestamp(time: number): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64BE(BigInt(time))
  return bytes
}

function rawPublicKey(privateKey: KeyObject): Buffer {
  if (privateKey.asymmetricKeyType !== 'ed25519') throw new TypeError('a witness signs with an Ed25519 key')
  return createPublicKey(privateKey).export({ format: 'der', type: 'spki' }).subarray(SPKI_ED25519.length)
}
