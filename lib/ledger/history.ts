import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { thin } from '@/lib/ledger/thin'

/** Checkpoints kept at most: beyond it older ones are thinned, and the first always stays. */
const MOST = 200
const AT_MOST_EVERY_MS = 60_000
const NAME = /^[0-9]{16}\.checkpoint$/

const of = (folder: string) => path.join(folder, 'history')
/** When this process last kept one, by folder: batches are signed five times a second, and one a minute is history enough. */
const lastKept = new Map<string, number>()

/**
 * Keeps a checkpoint that was let out among those before it, beside the database, at most one a minute: a rollback or a fork is then
 * found by any of them, also when the newest is gone or was itself let out of the fork.
 * @param now milliseconds since 1970
 */
export function keepInHistory(folder: string, size: number, note: string, now: number): void {
  const last = lastKept.get(folder)
  if (last !== undefined && now - last < AT_MOST_EVERY_MS && now >= last) return
  mkdirSync(of(folder), { recursive: true, mode: 0o700 })
  const file = path.join(of(folder), `${String(size).padStart(16, '0')}.checkpoint`)
  const draft = `${file}.${String(process.pid)}`
  writeFileSync(draft, note, { mode: 0o600, flush: true })
  renameSync(draft, file)
  for (const name of thin(namesIn(folder), MOST, (name) => Number(name.slice(0, 16))))
    rmSync(path.join(of(folder), name), { force: true })
  lastKept.set(folder, now)
}

/** The kept checkpoints, smallest first, as they lie there, for a verifier to judge. */
export function historyNotes(folder: string): string[] {
  return namesIn(folder).map((name) => readFileSync(path.join(of(folder), name), 'utf8'))
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(of(folder))
      .filter((name) => NAME.test(name))
      .sort()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}
