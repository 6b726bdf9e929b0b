import { Break } from './break'
import type { Placed } from './entry'
import type { Opening } from './openings'
import { assertionFault, isAssertion, type KeptAssertion } from './passkey'

/** How late after its challenge an answer is recorded at most: as long as a challenge serves, and a little for clocks that differ. */
const LATEST_MS = 6 * 60_000
const EARLIEST_MS = -5_000

/** Which passkeys people added and removed, by the entries of it. Entries and openings come in any order. */
export class Passkeys {
  readonly #added = new Map<number, Placed>()
  readonly #removed = new Map<string, number>()
  /** by passkey: the public key its entry names, whose, and where */
  readonly #keys = new Map<string, { key: string; person: string; index: number }>()

  entry(placed: Placed): void {
    const { index, entry } = placed
    const passkey = entry.about?.['passkey']
    if (entry.kind === 'passkey.added') this.#added.set(index, placed)
    if (entry.kind === 'passkey.removed' && passkey !== undefined) this.#removed.set(passkey, index)
  }

  opening({ index, state, payload }: Opening): void {
    const added = state === 'opened' ? this.#added.get(index) : undefined
    const passkey = added?.entry.about?.['passkey']
    if (added === undefined || passkey === undefined) return
    const key = (JSON.parse(payload()) as { public_key?: unknown }).public_key
    if (typeof key === 'string') this.#keys.set(passkey, { key, person: added.entry.actor, index })
  }

  /**
   * Whether the key of an assertion is the one that this actor had added by then and not removed; false where the entry of it is not here.
   * @throws Break `assertion_differs`
   */
  holds(index: number, actor: string | undefined, { passkey, public_key: key }: KeptAssertion): boolean {
    const known = this.#keys.get(passkey)
    const removed = this.#removed.get(passkey)
    if (known && (known.key !== key || known.person !== actor || known.index > index))
      throw new Break('assertion_differs', { index, detail: 'its key is not the one that this person added' })
    if (removed !== undefined && removed < index)
      throw new Break('assertion_differs', { index, detail: 'its passkey had been removed' })
    return known !== undefined
  }
}

/**
 * The assertion in a payload, when it is one over what its entry says and holds by itself.
 * @param differs what in the statement is not what the entry says: `false` for each part that is
 * @param at the key under which the statement says when it was made, RFC 3339
 * @throws Break `assertion_differs`, `assertion_broken`
 */
export function heldTo(
  { index, entry, ms }: Placed,
  kept: unknown,
  at: string,
  differs: (kept: KeptAssertion) => (string | false)[],
): KeptAssertion {
  if (!isAssertion(kept)) throw new Break('assertion_differs', { index, detail: 'it is not there' })
  const { statement } = kept
  const delay = ms - Date.parse(String(statement[at]))
  const found = [
    `person:${String(statement['person'])}` !== entry.actor && 'who signs',
    kept.passkey !== entry.about?.['passkey'] && 'the passkey',
    !(delay >= EARLIEST_MS && delay <= LATEST_MS) && 'the time',
    ...differs(kept),
  ].filter((part) => part !== false)
  if (found.length > 0) throw new Break('assertion_differs', { index, detail: found.join(', ') })
  const fault = assertionFault(kept)
  if (fault !== null) throw new Break('assertion_broken', { index, detail: fault })
  return kept
}

const SHOWN = 5

/** What was signed, in words, and for which relying party; the newest few. */
export type Shown = { index: number; words: string; rpId: string }

export function newestOf(assertions: ReadonlyMap<number, KeptAssertion>): Shown[] {
  return [...assertions]
    .toSorted(([a], [b]) => b - a)
    .slice(0, SHOWN)
    .map(([index, { statement, rp_id: rpId }]) => ({ index, words: String(statement['words']), rpId }))
}
