import { fromBase64, type Hash, type Primitives } from './bytes'
import { openNote, type VerifierKey } from './note'

/** What a log says of itself at one size (C2SP tlog-checkpoint). */
export type Checkpoint = { origin: string; size: number; root: Hash }

export type OpenedCheckpoint =
  | ({ ok: true; signedBy: VerifierKey } & Checkpoint)
  | { ok: false; reason: 'malformed' | 'bad_signature' | 'foreign_key' }

/** Checks a checkpoint's signature under the keys that are trusted, and reads it. It must be signed in its own origin's name. */
export async function openCheckpoint(
  primitives: Primitives,
  note: string,
  keys: readonly VerifierKey[],
): Promise<OpenedCheckpoint> {
  const opened = await openNote(primitives, note, keys)
  if (!opened.ok) return opened
  const [origin, sizeText, rootText, ...rest] = opened.text.split('\n')
  const size = Number(sizeText)
  const root = fromBase64(rootText ?? '')
  if (!origin || !/^(0|[1-9][0-9]*)$/.test(sizeText ?? '') || !Number.isSafeInteger(size)) return malformed
  if (root?.length !== 32 || rest.pop() !== '' || rest.includes('')) return malformed
  if (origin !== opened.signedBy.name) return { ok: false, reason: 'foreign_key' }
  return { ok: true, origin, size, root, signedBy: opened.signedBy }
}

const malformed = { ok: false, reason: 'malformed' } as const
