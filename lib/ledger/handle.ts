import type { LedgerKeys } from '@/lib/ledger/keys'
import { noteSigner, parseVkey, vkeyOf, type NoteSigner, type NoteVerifier } from '@/lib/ledger/note'

/** The ledger of this process: its name, its keys, and who signs for it. */
export interface Ledger {
  origin: string
  keys: LedgerKeys
  /** Signs checkpoints; its name is the origin. */
  checkpoint: NoteSigner
  /** What checks checkpoints under this name: the key that signs now, and those before it. */
  verifiers: readonly NoteVerifier[]
  /** Signs receipts; its name is the origin and `/receipt`. */
  receipt: NoteSigner
}

// Next bundles its own copy of this file; the symbol is what the two halves of the process share (DESIGN §3).
const SHARED = Symbol.for('countersign.ledger')
const holder = globalThis as { [SHARED]?: Ledger | undefined }

/**
 * Who signs for the log of that name with these keys.
 * @param earlier verifiers of the keys that signed under this name before
 */
export function ledgerOf(origin: string, keys: LedgerKeys, earlier: readonly NoteVerifier[] = []): Ledger {
  const checkpoint = noteSigner(origin, keys.checkpoint)
  const own = parseVkey(vkeyOf(checkpoint))
  if (!own) throw new TypeError('the ledger\u2019s own key cannot be read')
  return {
    origin,
    keys,
    checkpoint,
    verifiers: [...earlier.filter(({ keyId }) => !keyId.equals(own.keyId)), own],
    receipt: noteSigner(`${origin}/receipt`, keys.receipt),
  }
}

/** Makes a ledger the one of this process. */
export function useLedger(ledger: Ledger | undefined): void {
  holder[SHARED] = ledger
}

/** The ledger of this process. Throws when none is open: a verb ran outside the server. */
export function ledger(): Ledger {
  const open = holder[SHARED]
  if (!open) throw new Error('The ledger is not open in this process.')
  return open
}
