import type { Kept, LogBreak } from '@/clients/verifier/proof/keeper'

/** What this browser found to be wrong with the ledger, until somebody forgets it. Times are ISO 8601. */
export type Finding = { code: LogBreak; at: string; size: number | null; kept: number }

const KEPT = 'countersign.log.kept'
const BROKEN = 'countersign.log.broken'
/** Told to other parts of this page; other tabs hear of it from the storage itself. */
const CHANGED = 'countersign-log'

/** The checkpoint and key this browser keeps between visits; null: none yet, or what is there cannot be read. */
export const keptLog = (): Kept | null => read<Kept>(KEPT)
export const logFinding = (): Finding | null => read<Finding>(BROKEN)

/** The same as text, for subscribers that compare. */
export const keptText = (): string | null => stored(KEPT)
export const findingText = (): string | null => stored(BROKEN)

export const keepLog = (kept: Kept): void => {
  write(KEPT, kept)
}
export const keepFinding = (finding: Finding): void => {
  write(BROKEN, finding)
}

/** Forgets both: the next look is a first one. */
export function forgetLog(): void {
  write(KEPT, null)
  write(BROKEN, null)
}

export function onLogChange(listener: () => void): () => void {
  addEventListener('storage', listener)
  addEventListener(CHANGED, listener)
  return () => {
    removeEventListener('storage', listener)
    removeEventListener(CHANGED, listener)
  }
}

function stored(key: string): string | null {
  try {
    return localStorage.getItem(key)
  } catch {
    // A browser that keeps nothing has nothing to compare with, and every look is a first one.
    return null
  }
}

function read<T>(key: string): T | null {
  try {
    return JSON.parse(stored(key) ?? 'null') as T | null
  } catch {
    return null
  }
}

function write(key: string, value: object | null): void {
  try {
    if (value === null) localStorage.removeItem(key)
    else localStorage.setItem(key, JSON.stringify(value))
  } catch {
    // as above
  }
  dispatchEvent(new Event(CHANGED))
}
