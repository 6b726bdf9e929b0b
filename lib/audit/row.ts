import type { Outcome } from '@/lib/ledger/entry'
import type { EntryKind } from '@/lib/ledger/entry-kinds'

/** Who did what an entry says, as a list shows it. A person's name is the one they have now; their id is in the entry. */
export type RowActor = { kind: 'agent' } | { kind: 'system' } | { kind: 'person'; id: string; name: string }

/** One line of the audit list. `resource` and `tool` may be an agent's words: data, never markup. */
export type AuditRow = {
  /** `ent_…` */
  id: string
  /** Where it stands in the log; null while it has no place yet, for a fraction of a second. */
  index: number | null
  /** ISO 8601, UTC */
  at: string
  /** Null: the bytes at this place are no entry of ours. Somebody changed them. */
  kind: EntryKind | null
  outcome: Outcome | null
  /** A code of DESIGN §4. */
  reason: string | null
  /** The slug. */
  agent: string | null
  /** `act_…` of the action whose story this belongs to. */
  action: string | null
  tool: string | null
  resource: { type: string | null; id: string } | null
  actor: RowActor
  labels: readonly string[]
}

/** One page of the list, newest first. `newer` and `older` are the entries beyond whose edge more may be found. */
export type AuditPage = { rows: readonly AuditRow[]; newer: string | null; older: string | null }

/** How many entries a page shows. */
export const PAGE_ROWS = 100

/** What a page can count without reading the log: more than this many new entries is "more". */
export const MOST_NEW = 500
