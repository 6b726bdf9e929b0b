import { createHash, createPublicKey, sign, verify, type KeyObject } from 'node:crypto'

/** What signs a note: a key name, its id and the key. */
export interface NoteSigner {
  name: string
  keyId: Buffer
  privateKey: KeyObject
}

/** What checks a note: the public half, as a verifier key (`vkey`) names it. */
export interface NoteVerifier {
  name: string
  keyId: Buffer
  publicKey: KeyObject
}

export type OpenedNote =
  | { ok: true; text: string; signedBy: string[] }
  | { ok: false; reason: 'malformed' | 'bad_signature' | 'no_known_signature' }

const ED25519 = 0x01
const SPKI_ED25519 = Buffer.from('302a300506032b6570032100', 'hex')
const NAME = /^[^\s+]+$/u
const UNFIT = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\p{Cs}]/u // control characters but the newline, lone surrogates
const SIGNATURE_LINE = /^\u2014 (\S+) ([A-Za-z0-9+/]+={0,2})$/u
const MAX_NOTE = 1_000_000
const MAX_SIGNATURES = 100

/** Key id of an Ed25519 note key: the first four bytes of SHA-256(name ‖ "\n" ‖ 0x01 ‖ public key) (C2SP signed-note). */
export function noteKeyId(name: string, publicKey: Uint8Array): Buffer {
  const hash = createHash('sha256')
    .update(`${name}\n`)
    .update(Buffer.from([ED25519]))
    .update(publicKey)
  return hash.digest().subarray(0, 4)
}

/** A signer under `name` from an Ed25519 private key. Throws TypeError for a name a note cannot carry or another kind of key. */
export function noteSigner(name: string, privateKey: KeyObject): NoteSigner {
  if (!NAME.test(name)) throw new TypeError('a key name has no spaces and no plus sign')
  return { name, keyId: noteKeyId(name, rawPublicKey(privateKey)), privateKey }
}

/** The verifier key a stranger needs: `name+<8 hex digits of the key id>+<base64 of 0x01 ‖ public key>` (C2SP signed-note). */
export function vkeyOf(signer: NoteSigner): string {
  const key = Buffer.concat([Buffer.from([ED25519]), rawPublicKey(signer.privateKey)])
  return `${signer.name}+${signer.keyId.toString('hex')}+${key.toString('base64')}`
}

/** The verifier key of what was read from one. */
export function vkeyOfVerifier({ name, keyId, publicKey }: NoteVerifier): string {
  const raw = publicKey.export({ format: 'der', type: 'spki' }).subarray(SPKI_ED25519.length)
  return `${name}+${keyId.toString('hex')}+${Buffer.concat([Buffer.from([ED25519]), raw]).toString('base64')}`
}

/** The line of one signature, without its newline: `— name base64(key id ‖ signature)`. */
export function noteLine({ name, keyId }: Pick<NoteVerifier, 'name' | 'keyId'>, signature: Uint8Array): string {
  return `\u2014 ${name} ${Buffer.concat([keyId, signature]).toString('base64')}`
}

/** Reads a verifier key; null when it is malformed, of another type, or its id is not that of its key. */
export function parseVkey(vkey: string): NoteVerifier | null {
  const [, name, id, text] = /^([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+={0,2})$/u.exec(vkey) ?? []
  if (!name || !id || !text) return null
  const key = Buffer.from(text, 'base64')
  if (key.length !== 33 || key[0] !== ED25519 || key.toString('base64') !== text) return null
  const raw = key.subarray(1)
  const keyId = noteKeyId(name, raw)
  if (keyId.toString('hex') !== id) return null
  const publicKey = createPublicKey({ key: Buffer.concat([SPKI_ED25519, raw]), format: 'der', type: 'spki' })
  return { name, keyId, publicKey }
}

/**
 * Signs a text: the text, a blank line, and one line `— name base64(key id ‖ signature)` a signer. What is signed is the
 * text with its final newline and without the blank line. Throws TypeError for a text a note cannot carry.
 */
export function signNote(text: string, signers: readonly NoteSigner[]): string {
  if (!text.endsWith('\n') || UNFIT.test(text)) {
    throw new TypeError('a note is text without control characters that ends in a newline')
  }
  const message = Buffer.from(text, 'utf8')
  const lines = signers.map((signer) => `${noteLine(signer, sign(null, message, signer.privateKey))}\n`)
  return `${text}\n${lines.join('')}`
}

/**
 * Opens a note: its text, and which of the given verifiers signed it. Signatures by unknown keys are ignored; one by a
 * known key that does not hold refuses the whole note; so does a note that no known key signed (C2SP signed-note).
 */
export function openNote(note: string, verifiers: readonly NoteVerifier[]): OpenedNote {
  const malformed: OpenedNote = { ok: false, reason: 'malformed' }
  const split = note.lastIndexOf('\n\n')
  if (note.length > MAX_NOTE || split < 0 || !note.endsWith('\n') || UNFIT.test(note)) {
    return malformed
  }
  const text = note.slice(0, split + 1)
  const lines = note.slice(split + 2, -1).split('\n')
  if (lines.length > MAX_SIGNATURES) return malformed
  const message = Buffer.from(text, 'utf8')
  const signedBy = new Set<string>()
  for (const line of lines) {
    const [, name, encoded] = SIGNATURE_LINE.exec(line) ?? []
    if (!name || !encoded || name.includes('+')) return malformed
    const bytes = Buffer.from(encoded, 'base64')
    if (bytes.length < 5 || bytes.toString('base64') !== encoded) return malformed
    const known = verifiers.find((one) => one.name === name && one.keyId.equals(bytes.subarray(0, 4)))
    if (!known) continue
    if (bytes.length !== 68 || !verify(null, message, known.publicKey, bytes.subarray(4))) {
      return { ok: false, reason: 'bad_signature' }
    }
    signedBy.add(name)
  }
  return signedBy.size > 0 ? { ok: true, text, signedBy: [...signedBy] } : { ok: false, reason: 'no_known_signature' }
}

function rawPublicKey(privateKey: KeyObject): Buffer {
  if (privateKey.asymmetricKeyType !== 'ed25519') throw new TypeError('notes are signed with Ed25519 keys')
  return createPublicKey(privateKey).export({ format: 'der', type: 'spki' }).subarray(SPKI_ED25519.length)
}
