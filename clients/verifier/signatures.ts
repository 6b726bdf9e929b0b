import { Break } from './break'
import type { Placed } from './entry'
import type { Opening } from './openings'
import { assertionFault, isAssertion, type KeptAssertion } from './passkey'

/** How late after its challenge a signature is recorded at most: as long as a challenge serves, and a little for clocks that differ. */
const LATEST_MS = 6 * 60_000
const EARLIEST_MS = -5_000

/** What a bundle says of signatures of boundaries and the baseline. */
export type SignaturesFound = {
  /** made with a passkey, and checked here */
  passkey: number
  /** of those, the ones whose key is the one that the entry of its adding names */
  added: number
  /** given in a password session: the server's word alone */
  password: number
  /** by passkey, but their payload is not here */
  unopened: number
  /** what was signed, in words, and for which relying party; the newest few */
  statements: readonly { index: number; words: string; rpId: string }[]
}

const SIGNED = ['boundary.signed', 'baseline.signed']
const SHOWN = 5

/**
 * Holds every signature by passkey against its entry: the statement names the same person, agent, version, digest and time, the assertion
 * is over that statement, and the key is the one the person had added and not removed. Entries and openings come in any order.
 */
export class Signatures {
  readonly #signed = new Map<number, Placed>()
  readonly #added = new Map<number, Placed>()
  readonly #removed = new Map<string, number>()
  readonly #assertions = new Map<number, KeptAssertion>()
  /** by passkey: the public key its entry names, whose, and where */
  readonly #keys = new Map<string, { key: string; person: string; index: number }>()
  #password = 0

  entry(placed: Placed): void {
    const { index, entry } = placed
    const passkey = entry.about?.['passkey']
    if (SIGNED.includes(entry.kind)) {
      if (this.#signed.has(index)) return
      this.#signed.set(index, placed)
      if (!entry.labels?.includes('passkey')) this.#password += 1
    }
    if (entry.kind === 'passkey.added') this.#added.set(index, placed)
    if (entry.kind === 'passkey.removed' && passkey !== undefined) this.#removed.set(passkey, index)
  }

  /** @throws Break `assertion_differs`, `assertion_broken` */
  opening({ index, state, payload }: Opening): void {
    if (state !== 'opened') return
    const signed = this.#signed.get(index)
    if (signed?.entry.labels?.includes('passkey')) this.#assertions.set(index, holdTo(signed, payload()))
    const added = this.#added.get(index)
    const passkey = added?.entry.about?.['passkey']
    if (added === undefined || passkey === undefined) return
    const key = (JSON.parse(payload()) as { public_key?: unknown }).public_key
    if (typeof key === 'string') this.#keys.set(passkey, { key, person: added.entry.actor, index })
  }

  /** @throws Break `assertion_differs` */
  found(): SignaturesFound {
    let added = 0
    for (const [index, { passkey, public_key: key }] of this.#assertions) {
      const known = this.#keys.get(passkey)
      const removed = this.#removed.get(passkey)
      const actor = this.#signed.get(index)?.entry.actor
      if (known && (known.key !== key || known.person !== actor || known.index > index))
        throw new Break('assertion_differs', { index, detail: 'its key is not the one that this person added' })
      if (removed !== undefined && removed < index)
        throw new Break('assertion_differs', { index, detail: 'its passkey had been removed' })
      if (known) added += 1
    }
    const passkey = this.#assertions.size
    const newest = [...this.#assertions].toSorted(([a], [b]) => b - a).slice(0, SHOWN)
    return {
      passkey,
      added,
      password: this.#password,
      unopened: this.#signed.size - this.#password - passkey,
      statements: newest.map(([index, { statement, rp_id: rpId }]) => ({
        index,
        words: String(statement['words']),
        rpId,
      })),
    }
  }
}

/** The assertion in a payload, when it is one over what its entry says. @throws Break */
function holdTo({ index, entry, ms }: Placed, payload: string): KeptAssertion {
  const kept = (JSON.parse(payload) as { passkey?: unknown }).passkey
  if (!isAssertion(kept)) throw new Break('assertion_differs', { index, detail: 'it is not there' })
  const { statement } = kept
  const delay = ms - Date.parse(String(statement['effective']))
  const differs = [
    statement['what'] !== (entry.kind === 'baseline.signed' ? 'baseline.sign' : 'boundary.sign') && 'what is signed',
    `person:${String(statement['person'])}` !== entry.actor && 'who signs',
    (statement['agent'] ?? null) !== (entry.agent ?? null) && 'the agent',
    statement['version'] !== entry.boundary?.version && 'the version',
    statement['digest'] !== entry.boundary?.digest && 'the digest',
    statement['subject'] !== entry.about?.['boundary'] && 'the draft',
    kept.passkey !== entry.about?.['passkey'] && 'the passkey',
    !(delay >= EARLIEST_MS && delay <= LATEST_MS) && 'the time',
  ].filter((part) => part !== false)
  if (differs.length > 0) throw new Break('assertion_differs', { index, detail: differs.join(', ') })
  const fault = assertionFault(kept)
  if (fault !== null) throw new Break('assertion_broken', { index, detail: fault })
  return kept
}
