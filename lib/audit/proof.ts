/**
 * One entry proven again, step by step, from the bytes as they are stored now: each step with what was computed, so that a
 * person can compare it with what they wrote down. Hashes are hexadecimal.
 */
export type Proof = {
  index: number
  /** The hash of the entry's bytes, computed now, against the one the log was built over. */
  leaf: { computed: string; stored: string; holds: boolean }
  /** The way from that hash to the root of the newest signed checkpoint (RFC 9162 §2.1.3.2); `missing` names a tile that is gone. */
  inclusion: { size: number; hashes: readonly string[]; root: string; holds: boolean; missing: string | null }
  /** The signature of that checkpoint under the ledger's key. */
  checkpoint: { origin: string; vkey: string; note: string; signedAt: string | null; holds: boolean }
}

/** Whether every step holds. */
export function isProven(proof: Proof): boolean {
  return proof.leaf.holds && proof.inclusion.holds && proof.checkpoint.holds
}
