/** Where the log stands, and what walking all of it found, if somebody asked for that. Times are ISO 8601. */
export type Integrity = {
  origin: string | null
  /** The keys to write down: what a stranger needs to check checkpoints, and receipts. */
  vkey: string
  receiptVkey: string
  size: number
  root: string | null
  checkpoint: string | null
  signedAt: string | null
  waiting: number
  waitingSince: string | null
  quarantined: number
  /** Every key that signs or signed checkpoints, the newest first; one that only begins to sign has no `from` yet. */
  keys: readonly SigningKey[]
  /** Who holds checkpoints outside of this install, as far as it knows. */
  holders: readonly HolderView[]
  walk: Walk | null
  /** What the newest walk found that the server takes by itself; null before the first. */
  last: LastWalk | null
}

/** A key, the sizes whose checkpoints it signs, and from when to when; null where it began with the log, or signs still. */
export type SigningKey = {
  vkey: string
  from: number | null
  until: number | null
  since: string | null
  ended: string | null
  /** The entry that made it the ledger's; null for the first. */
  entry: number | null
}

export type HolderView = {
  kind: 'witness' | 'webhook' | 'watcher'
  name: string
  size: number
  heldAt: string | null
  /** Why the last try failed; somebody else's words may be in it. */
  failure: string | null
}

/** A walk of the server's own, which also compares with every checkpoint it let out and keeps outside the database. */
export type LastWalk = {
  beganAt: string
  endedAt: string
  size: number
  checkpoints: number
  erased: number
  finding: { words: string; index: number | null; entry: string | null } | null
}

export type Walk =
  | { state: 'whole'; size: number; erased: number; checkpoints: number; tookMs: number }
  | { state: 'broken'; words: string; index: number | null; entry: string | null }
  | /** more entries than a page walks while somebody waits: the command line does it */ {
      state: 'too_long'
      most: number
    }

/** A page walks this many entries at most while somebody waits for it. */
export const MOST_WALKED = 200_000
