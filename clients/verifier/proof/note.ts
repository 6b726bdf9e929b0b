import { fromBase64, fromHex, join, same, utf8, type Primitives } from './bytes'

/** A verifier key (`vkey`): what tells whose signature a note carries (C2SP signed-note). */
export type VerifierKey = { text: string; name: string; keyId: Uint8Array; publicKey: Uint8Array }

const ED25519 = Uint8Array.of(0x01)

/** Reads `name+8 hex digits+base64`; null when it is malformed, no Ed25519 key, or its id is not that of its key. */
export async function readVkey({ sha256 }: Primitives, text: string): Promise<VerifierKey | null> {
  const [, name, id, encoded] = /^([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+={0,2})$/u.exec(text) ?? []
  const key = fromBase64(encoded ?? '')
  const keyId = fromHex(id ?? '')
  if (!name || !key || !keyId || key.length !== 33 || key[0] !== 1) return null
  const publicKey = key.subarray(1)
  const real = await sha256(join(utf8(`${name}\n`), ED25519, publicKey))
  return same(real.subarray(0, 4), keyId) ? { text, name, keyId, publicKey } : null
}

export type OpenedNote =
  | { ok: true; text: string; signedBy: VerifierKey }
  | { ok: false; reason: 'malformed' | 'bad_signature' | 'foreign_key' }

const SIGNATURE = /^\u2014 (\S+) ([A-Za-z0-9+/]+={0,2})$/u

/**
 * Opens a signed note under the keys that are trusted. Signatures by keys nobody named are ignored; one by a known key that does
 * not hold refuses the note; a note that no known key signed is refused as `foreign_key` (C2SP signed-note).
 */
export async function openNote(
  primitives: Primitives,
  note: string,
  keys: readonly VerifierKey[],
): Promise<OpenedNote> {
  const end = note.lastIndexOf('\n\n')
  if (note.length > 1_000_000 || end < 0 || !note.endsWith('\n')) return { ok: false, reason: 'malformed' }
  const text = note.slice(0, end + 1)
  let signedBy: VerifierKey | undefined
  for (const line of note.slice(end + 2, -1).split('\n')) {
    const [, name, encoded] = SIGNATURE.exec(line) ?? []
    const signature = fromBase64(encoded ?? '')
    if (!name || !signature || signature.length < 5) return { ok: false, reason: 'malformed' }
    const key = keys.find((one) => one.name === name && same(one.keyId, signature.subarray(0, 4)))
    if (!key) continue
    const holds = signature.length === 68 && (await primitives.verify(key.publicKey, utf8(text), signature.subarray(4)))
    if (!holds) return { ok: false, reason: 'bad_signature' }
    signedBy ??= key
  }
  return signedBy ? { ok: true, text, signedBy } : { ok: false, reason: 'foreign_key' }
}
