/** A payload that is gone, and who made it so. `missing`: nothing accounts for it, and verification will say so. */
export type Gone =
  | { state: 'erased'; at: string; by: string; entry: string; reason: string | null }
  | { state: 'expired'; until: string }
  | { state: 'missing' }

/** Why it cannot be read any more, in a sentence but for the reason, which is a person's own words. Days are UTC. */
export function goneWords(gone: Gone): string {
  switch (gone.state) {
    case 'erased':
      return `Erased on ${gone.at.slice(0, 10)} by ${gone.by}${gone.reason === null ? '' : `, because: ${gone.reason}`}`
    case 'expired':
      return `Let go as the retention of its class says: everything before ${gone.until.slice(0, 10)}`
    case 'missing':
      return 'It is gone, and no entry says why. Look at the ledger’s integrity'
  }
}
