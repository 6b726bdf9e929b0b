import { openNote, signNote, type NoteSigner, type NoteVerifier } from '@/lib/ledger/note'
import type { Hash } from '@/lib/ledger/merkle'

/** What the ledger says of itself at one size (C2SP tlog-checkpoint). */
export interface Checkpoint {
  origin: string
  size: number
  root: Hash
}

export type OpenedCheckpoint =
  | ({ ok: true } & Checkpoint)
  | { ok: false; reason: 'malformed' | 'bad_signature' | 'no_known_signature' | 'other_origin' }

/** A signed checkpoint; the signer's name is the origin, so that a note verifier needs nothing else. */
export function signCheckpoint({ origin, size, root }: Checkpoint, signer: NoteSigner): string {
  return signNote(`${origin}\n${size}\n${root.toString('base64')}\n`, [signer])
}

/** Checks the signature of a checkpoint and reads it. Extension lines are allowed and ignored, as the format says. */
export function openCheckpoint(note: string, verifier: NoteVerifier): OpenedCheckpoint {
  const opened = openNote(note, [verifier])
  if (!opened.ok) return opened
  const checkpoint = parseCheckpoint(opened.text)
  if (!checkpoint) return { ok: false, reason: 'malformed' }
  return checkpoint.origin === verifier.name ? { ok: true, ...checkpoint } : { ok: false, reason: 'other_origin' }
}

/** Reads the text of a checkpoint without checking any signature; null when it is none. */
export function parseCheckpoint(text: string): Checkpoint | null {
  const [origin, sizeText, rootText, ...rest] = text.split('\n')
  if (!origin || !sizeText || !rootText || rest.pop() !== '' || rest.includes('')) return null
  const size = Number(sizeText)
  const root = Buffer.from(rootText, 'base64')
  if (!/^(0|[1-9][0-9]*)$/.test(sizeText) || !Number.isSafeInteger(size)) return null
  if (root.length !== 32 || root.toString('base64') !== rootText) return null
  return { origin, size, root }
}

/** The text of a checkpoint without its signatures, as it was signed; null when the note has none. */
export function checkpointText(note: string): string | null {
  const split = note.lastIndexOf('\n\n')
  const text = note.slice(0, split + 1)
  return split >= 0 && parseCheckpoint(text) ? text : null
}
