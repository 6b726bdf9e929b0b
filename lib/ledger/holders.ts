import { checkpointText } from '@/lib/ledger/checkpoint'
import { withSignatures } from '@/lib/ledger/cosignature'
import { ledgerStatus } from '@/lib/ledger/read'
import type { Sql } from '@/lib/ledger/sql'
import { forgetWatchers, holderRows, noteVisit, type HolderKind } from '@/lib/ledger/store-holder'

/** Who holds a checkpoint outside of this install, as far as this install knows. Only a witness proves it; the others say so. */
export interface Holder {
  kind: HolderKind
  name: string
  /** The size of the last checkpoint it has. */
  size: number
  firstAt: Date
  /** When it had that; null: never yet. */
  heldAt: Date | null
  triedAt: Date | null
  /** Why the last try failed; null when it did not. Words of the receiver's are in it: hostile text. */
  failure: string | null
}

/** Watchers that are noted at most, and for how long one that went silent is. */
const MOST_WATCHERS = 50
const FORGET_WATCHERS_AFTER_DAYS = 14
const WATCHER = /^[a-z0-9][a-z0-9._-]{0,63}$/

export async function readHolders(sql: Sql): Promise<Holder[]> {
  return (await holderRows(sql)).map((row) => ({
    kind: row.kind,
    name: row.name,
    size: Number(row.size),
    firstAt: row.first_at,
    heldAt: row.held_at,
    triedAt: row.tried_at,
    failure: row.failure,
  }))
}

/** Notes that a watcher of that name fetched the checkpoint over `size` entries; a name that is none is left unnoted. */
export async function watcherCame(sql: Sql, name: string, size: number): Promise<void> {
  if (WATCHER.test(name)) await noteVisit(sql, name, size, MOST_WATCHERS)
}

/** Forgets the watchers that nobody can still expect. */
export function forgetSilentWatchers(sql: Sql): Promise<void> {
  return forgetWatchers(sql, FORGET_WATCHERS_AFTER_DAYS)
}

/**
 * The checkpoint as it is served: the last one signed, with the cosignatures there are for it; or, `witnessed`, the last one that some
 * witness cosigned, which on a busy log is a few seconds older. Null where there is none.
 */
export async function checkpointToServe(
  sql: Sql,
  { witnessed }: { witnessed: boolean },
): Promise<{ note: string; size: number } | null> {
  const [{ checkpoint, size }, rows] = [await ledgerStatus(sql), await holderRows(sql)]
  const cosigned = rows
    .filter(({ kind, note }) => kind === 'witness' && note !== null)
    .sort((a, b) => Number(b.size) - Number(a.size))
  const [newest] = cosigned
  const chosen = witnessed
    ? newest?.note && { note: newest.note, size: Number(newest.size) }
    : checkpoint !== null && { note: checkpoint, size }
  if (!chosen) return null
  const text = checkpointText(chosen.note)
  const lines = cosigned.flatMap(({ note }) =>
    note !== null && text !== null && checkpointText(note) === text ? cosignatureLines(note) : [],
  )
  return { note: withSignatures(chosen.note, lines), size: chosen.size }
}

/** The lines that witnesses put on a checkpoint: all but those under the log's own name. */
function cosignatureLines(note: string): string[] {
  const origin = note.slice(0, note.indexOf('\n'))
  return note
    .slice(note.lastIndexOf('\n\n') + 2)
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith(`\u2014 ${origin} `))
}
