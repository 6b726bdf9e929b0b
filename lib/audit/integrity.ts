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
  walk: Walk | null
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
