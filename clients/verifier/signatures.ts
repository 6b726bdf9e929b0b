import type { Placed } from './entry'
import type { Opening } from './openings'
import type { KeptAssertion } from './passkey'
import { heldTo, newestOf, type Passkeys, type Shown } from './passkeys'

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
  statements: readonly Shown[]
}

const SIGNED = ['boundary.signed', 'baseline.signed']

/**
 * Holds every signature by passkey against its entry: the statement names the same person, agent, version, digest and time, the assertion
 * is over that statement, and the key is the one the person had added and not removed. Entries and openings come in any order.
 */
export class Signatures {
  readonly #passkeys: Passkeys
  readonly #signed = new Map<number, Placed>()
  readonly #assertions = new Map<number, KeptAssertion>()
  #password = 0

  constructor(passkeys: Passkeys) {
    this.#passkeys = passkeys
  }

  entry(placed: Placed): void {
    const { index, entry } = placed
    if (!SIGNED.includes(entry.kind) || this.#signed.has(index)) return
    this.#signed.set(index, placed)
    if (!entry.labels?.includes('passkey')) this.#password += 1
  }

  /** @throws Break `assertion_differs`, `assertion_broken` */
  opening({ index, state, payload }: Opening): void {
    const signed = state === 'opened' ? this.#signed.get(index) : undefined
    if (!signed?.entry.labels?.includes('passkey')) return
    const { passkey } = JSON.parse(payload()) as { passkey?: unknown }
    this.#assertions.set(
      index,
      heldTo(signed, passkey, 'effective', (kept) => signatureDiffers(signed, kept)),
    )
  }

  /** @throws Break `assertion_differs` */
  found(): SignaturesFound {
    const added = [...this.#assertions].filter(([index, kept]) =>
      this.#passkeys.holds(index, this.#signed.get(index)?.entry.actor, kept),
    ).length
    const passkey = this.#assertions.size
    return {
      passkey,
      added,
      password: this.#password,
      unopened: this.#signed.size - this.#password - passkey,
      statements: newestOf(this.#assertions),
    }
  }
}

function signatureDiffers({ entry }: Placed, { statement }: KeptAssertion): (string | false)[] {
  return [
    statement['what'] !== (entry.kind === 'baseline.signed' ? 'baseline.sign' : 'boundary.sign') && 'what is signed',
    (statement['agent'] ?? null) !== (entry.agent ?? null) && 'the agent',
    statement['version'] !== entry.boundary?.version && 'the version',
    statement['digest'] !== entry.boundary?.digest && 'the digest',
    statement['subject'] !== entry.about?.['boundary'] && 'the draft',
  ]
}
