import type { Primitives } from './bytes'
import { openNote, readVkey, type VerifierKey } from './note'

/** Whether a note signed with both keys says that one takes over from the other (lib/ledger/succession.ts writes it). */
export async function isHandedOver(
  primitives: Primitives,
  note: string,
  from: VerifierKey,
  to: VerifierKey,
): Promise<boolean> {
  const [old, fresh] = [await openNote(primitives, note, [from]), await openNote(primitives, note, [to])]
  if (!old.ok || !fresh.ok) return false
  const [header, , oldKey, newKey] = old.text.split('\n')
  return header === 'countersign succession v1' && oldKey === from.text && newKey === to.text
}

/** The keys that took over from one that is known, one after the other, as far as the notes given lead. */
export async function followKeys(
  primitives: Primitives,
  known: VerifierKey,
  notes: readonly string[],
): Promise<VerifierKey[]> {
  const keys = [known]
  for (const note of notes) {
    const [, , , named = ''] = note.split('\n')
    const [from, to] = [keys.at(-1) ?? known, await readVkey(primitives, named)]
    if (to && (await isHandedOver(primitives, note, from, to))) keys.push(to)
  }
  return keys
}
