import { fromBase64, same, toBase64, type Hash, type Primitives } from './bytes'
import { openCheckpoint, type OpenedCheckpoint } from './checkpoint'
import { isConsistent } from './merkle'
import { readVkey, type VerifierKey } from './note'
import { followKeys } from './succession'

/** What somebody keeps of a log to hold it to: the newest checkpoint they verified, and the key. Times are ISO 8601. */
export type Kept = { vkey: string; size: number; root: string; note: string; since: string; at: string }

/** How a log is asked. The answers are the server's word, and are checked. */
export type LogReader = {
  /** the last signed checkpoint */
  checkpoint: () => Promise<string>
  /** base64 hashes that the first `from` entries are the beginning of the first `to` */
  consistency: (from: number, to: number) => Promise<readonly string[]>
  /** the key that signs, and the notes by which keys took over, oldest first */
  keys: () => Promise<{ vkey: string; successions: readonly string[] }>
}

/** Why a log is not the one that was kept. Closed. */
export const LOG_BREAKS = {
  bad_signature: 'its last checkpoint carries a signature that does not hold',
  foreign_key: 'its last checkpoint is signed by a key that the one kept here never handed over to',
  malformed: 'its last checkpoint cannot be read',
  shrunk: 'it shows fewer entries than were signed before',
  forked: 'it shows other entries than were signed before',
} as const
export type LogBreak = keyof typeof LOG_BREAKS

export type Looked =
  | /** `from`: the size kept before; null: nothing was, and this is believed for the first time */ {
      ok: true
      kept: Kept
      from: number | null
    }
  | { ok: false; code: LogBreak; size: number | null }

/**
 * Looks at a log: verifies its last checkpoint under the key that is kept, proves what was kept to be its beginning, and keeps it
 * instead. The first time there is nothing to compare with, and the key is believed: that is what the first time means.
 * Throws where the log cannot be asked.
 */
export async function lookAtLog(
  primitives: Primitives,
  kept: Kept | null,
  log: LogReader,
  now: string,
): Promise<Looked> {
  const note = await log.checkpoint()
  const known = await readVkey(primitives, kept?.vkey ?? (await log.keys()).vkey)
  if (!known) throw new Error('the log names no key that can be read')
  const { opened, key } = await openUnder(primitives, note, known, log)
  if (!opened.ok) return { ok: false, code: opened.reason, size: null }
  const { size, root } = opened
  const next: Kept = { vkey: key.text, size, root: toBase64(root), note, since: kept?.since ?? now, at: now }
  if (!kept) return { ok: true, kept: next, from: null }
  if (size < kept.size) return { ok: false, code: 'shrunk', size }
  const holds = await isBeginning(primitives, kept, { size, root }, log)
  return holds ? { ok: true, kept: next, from: kept.size } : { ok: false, code: 'forked', size }
}

/** Whether what is kept is the beginning of a tree: asks for the proof where the sizes differ. */
export async function isBeginning(
  primitives: Primitives,
  kept: Pick<Kept, 'size' | 'root'>,
  later: { size: number; root: Hash },
  log: Pick<LogReader, 'consistency'>,
): Promise<boolean> {
  const root = fromBase64(kept.root)
  if (!root) return false
  if (kept.size === later.size) return same(root, later.root)
  if (kept.size === 0) return true
  const proof = (await log.consistency(kept.size, later.size)).map((text) => fromBase64(text))
  const hashes = proof.filter((hash) => hash !== null)
  if (hashes.length !== proof.length) return false
  return isConsistent(primitives, kept.size, later.size, hashes, root, later.root)
}

/** Under the key that is known, or one it handed over to; the log is asked for the handing over only then. */
async function openUnder(
  primitives: Primitives,
  note: string,
  known: VerifierKey,
  log: LogReader,
): Promise<{ opened: OpenedCheckpoint; key: VerifierKey }> {
  const opened = await openCheckpoint(primitives, note, [known])
  if (opened.ok || opened.reason !== 'foreign_key') return { opened, key: known }
  const keys = await followKeys(primitives, known, (await log.keys()).successions)
  const newest = keys.at(-1) ?? known
  return { opened: await openCheckpoint(primitives, note, [newest]), key: newest }
}
