import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs'
import path from 'node:path'
import { checkpointText, openCheckpoint, parseCheckpoint, type Checkpoint } from '@/lib/ledger/checkpoint'
import { historyNotes, keepInHistory } from '@/lib/ledger/history'
import type { NoteVerifier } from '@/lib/ledger/note'

const file = (folder: string) => path.join(folder, 'released-checkpoint')

/**
 * The last checkpoint this install let out, kept outside the database: what tells a database that was restored from a
 * backup, or failed over to a replica that lagged, from the one that signed.
 */
export interface Released extends Checkpoint {
  note: string
}

/**
 * Its text as it lies there, for a verifier to judge; null when none was let out. Where the file is gone, the newest of those that were let
 * out before it stands in.
 */
export function releasedNote(folder: string): string | null {
  try {
    return readFileSync(file(folder), 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return historyNotes(folder).at(-1) ?? null
    throw error
  }
}

export type ReadReleased = { ok: true; released: Released | null } | { ok: false }

/**
 * Reads it; `ok: false` when the file is damaged or was signed by none of these keys: then nothing can be told from it.
 * @param verifiers the keys under which this log signs and signed
 */
export function readReleased(folder: string, verifiers: readonly NoteVerifier[]): ReadReleased {
  const note = releasedNote(folder)
  if (note === null) return { ok: true, released: null }
  for (const verifier of verifiers) {
    const opened = openCheckpoint(note, verifier)
    if (opened.ok) return { ok: true, released: { origin: opened.origin, size: opened.size, root: opened.root, note } }
  }
  return { ok: false }
}

/** Keeps a checkpoint as the last one let out: whole or not at all, and on disk before this returns. */
export function keepReleased(folder: string, note: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const draft = `${file(folder)}.${String(process.pid)}`
  const handle = openSync(draft, 'w', 0o600)
  try {
    writeSync(handle, note)
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
  renameSync(draft, file(folder))
  const said = parseCheckpoint(checkpointText(note) ?? '')
  if (said) keepInHistory(folder, said.size, note, Date.now())
}
