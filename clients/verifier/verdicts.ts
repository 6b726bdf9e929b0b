import { hash } from 'node:crypto'
import { Break } from './break'
import type { Entry, Placed } from './entry'
import type { Opening } from './openings'
import { canonical, type KeptAssertion } from './passkey'
import { heldTo, newestOf, type Passkeys, type Shown } from './passkeys'

/** What a bundle says of verdicts on held actions that were given with a passkey. */
export type VerdictsFound = {
  /** given with a passkey, and checked here */
  passkey: number
  /** of those, the ones whose key is the one that the entry of its adding names */
  added: number
  /** of those, the ones over the digest that was computed here again from what was asked */
  recomputed: number
  /** by passkey, but their payload is not here */
  unopened: number
  /** given in a session: the server's word alone */
  session: number
  statements: readonly Shown[]
}

/** A test request is answered as a held action is, with nothing behind it (ADR 0035). */
const GIVEN = ['approval.voted', 'approval.approved', 'approval.rejected', 'test_request.answered']

/** What the payload of a held action keeps, as far as its digest is made of it; an edit has the first three alone. */
type AskedPayload = {
  digest?: unknown
  salt?: unknown
  arguments?: unknown
  tool?: unknown
  resource?: unknown
  requester?: { type?: unknown; id?: unknown } | null
  attributes?: unknown
}

/** What stood to be answered from a place of the log on; null: its payload is not here. */
type Standing = { index: number; payload: AskedPayload | null }

/**
 * Holds every verdict by passkey against its entry: the statement names the same person, approval, agent, answer and reason, and the digest of
 * the action that was asked; the assertion is over that statement, and the key is the one the person had added and not removed. Entries
 * and openings come in any order.
 */
export class Verdicts {
  readonly #passkeys: Passkeys
  readonly #given = new Map<number, Placed>()
  readonly #assertions = new Map<number, KeptAssertion>()
  /** by place, what was held, and what it was edited to */
  readonly #held = new Map<number, Entry>()
  readonly #edits = new Map<number, Entry>()
  /** by action: what was asked, and each of its edits */
  readonly #asked = new Map<string, { entry: Entry; payload: AskedPayload }>()
  readonly #edited = new Map<string, Standing[]>()
  readonly #complete: boolean
  #session = 0

  /** @param complete whether every entry of a range is here: only then is it known that no edit was left out */
  constructor(passkeys: Passkeys, complete: boolean) {
    this.#passkeys = passkeys
    this.#complete = complete
  }

  /** @throws Break `assertion_differs` where the newest of the verdicts an entry lists is not its own */
  entry(placed: Placed): void {
    const { index, entry } = placed
    if (entry.kind === 'action.decided' && entry.outcome === 'hold') this.#held.set(index, entry)
    if (entry.kind === 'approval.edited' && entry.action !== undefined) {
      this.#edits.set(index, entry)
      this.#edited.set(entry.action, [...(this.#edited.get(entry.action) ?? []), { index, payload: null }])
    }
    if (!GIVEN.includes(entry.kind) || this.#given.has(index) || entry.verdicts === undefined) return
    const own = ownVerdict(entry)
    if (own?.assurance === 'passkey') this.#given.set(index, placed)
    else if (entry.about?.['passkey'] !== undefined)
      throw new Break('assertion_differs', { index, detail: 'its verdict names none' })
    else this.#session += 1
  }

  /** @throws Break `assertion_differs`, `assertion_broken` */
  opening({ index, state, payload }: Opening): void {
    if (state !== 'opened') return
    const held = this.#held.get(index)
    if (held) this.#asked.set(held.id, { entry: held, payload: JSON.parse(payload()) as AskedPayload })
    const edit = this.#edited.get(this.#edits.get(index)?.action ?? '')?.find((one) => one.index === index)
    if (edit) edit.payload = JSON.parse(payload()) as AskedPayload
    const given = this.#given.get(index)
    if (given === undefined) return
    const { passkey, reason } = JSON.parse(payload()) as { passkey?: unknown; reason?: unknown }
    this.#assertions.set(
      index,
      heldTo(given, passkey, 'at', (kept) => verdictDiffers(given, kept, reason)),
    )
  }

  /** @throws Break `assertion_differs` */
  found(): VerdictsFound {
    let added = 0
    let recomputed = 0
    for (const [index, kept] of this.#assertions) {
      const { action, actor } = this.#given.get(index)?.entry ?? {}
      if (this.#passkeys.holds(index, actor, kept)) added += 1
      const stood = this.#stoodAt(index, action)
      if (stood === null || (!this.#complete && stood.named !== kept.statement['digest'])) continue
      if (stood.named !== kept.statement['digest'])
        throw new Break('assertion_differs', { index, detail: 'the digest' })
      if (stood.computed !== stood.named)
        throw new Break('assertion_differs', { index, detail: 'what was asked is not of that digest' })
      recomputed += 1
    }
    const passkey = this.#assertions.size
    const unopened = this.#given.size - passkey
    return { passkey, added, recomputed, unopened, session: this.#session, statements: newestOf(this.#assertions) }
  }

  /** The digest of what stood to be answered at a place, as it is named and as it is computed here; null where it is not all here. */
  #stoodAt(index: number, action: string | undefined): { named: unknown; computed: string } | null {
    const asked = action === undefined ? undefined : this.#asked.get(action)
    if (asked === undefined) return null
    const edit = this.#edited.get(asked.entry.id)?.findLast((one) => one.index < index)
    if (edit === undefined) return digestsOf(asked.entry, asked.payload)
    if (edit.payload === null) return null
    const { digest, salt, arguments: args } = edit.payload
    return digestsOf(asked.entry, { ...asked.payload, digest, salt, arguments: args })
  }
}

function verdictDiffers({ entry }: Placed, { statement }: KeptAssertion, reason: unknown): (string | false)[] {
  const own = ownVerdict(entry)
  return [
    statement['what'] !== 'approval.answer' && 'what is signed',
    statement['subject'] !== entry.about?.['approval'] && 'the approval',
    statement['agent'] !== entry.agent && 'the agent',
    statement['answer'] !== own?.answer && 'the answer',
    statement['reason'] !== sha256(typeof reason === 'string' ? reason : '') && 'the reason',
  ]
}

/** The verdict of whoever an entry is by, of those it lists. */
function ownVerdict({ actor, verdicts }: Entry) {
  return verdicts?.find(({ person }) => `person:${person}` === actor)
}

/** The digest of an action as it is named, and as the ledger's server computes it (lib/decisions/digest.ts): over the RFC 8785 form of what makes it this action. */
function digestsOf({ agent = '', run, boundary }: Entry, asked: AskedPayload): { named: unknown; computed: string } {
  const { digest, salt, tool, arguments: args, resource, requester, attributes } = asked
  const from = requester ? { type: requester.type, id: requester.id } : null
  const computed = sha256(
    canonical({
      v: 1,
      salt,
      agent: publicId('agt', agent),
      tool,
      arguments: args,
      resource: resource ?? null,
      requester: from,
      run: run === undefined ? null : publicId('run', run),
      boundary: boundary?.digest ?? null,
      ...(attributes !== undefined && { attributes }),
    }),
  )
  return { named: digest, computed }
}

const sha256 = (text: string): string => `sha256:${hash('sha256', text)}`
const publicId = (prefix: string, uuid: string): string => `${prefix}_${uuid.replaceAll('-', '')}`
