import type { LedgerEntry } from '@/lib/ledger/read'
import type { Taken } from './taken'

/** A chunk ends when its entries or its payloads reach this many bytes, so that none of its files grows beyond what a verifier holds. */
const FULL_BYTES = 1_000_000

/** Lines on their way into the numbered files of a bundle: entries, their proofs, and the payloads that are opened. */
export class Chunks {
  readonly #prefix: string
  #number = 0
  #entries: Buffer[] = []
  #proofs: string[] = []
  #openings: string[] = []
  #bytes = 0

  constructor(prefix: '' | 'support-') {
    this.#prefix = prefix
  }

  /** An entry with its bytes as they are hashed. @param proof of a picked entry; null in a complete range, where the place tells */
  add({ bytes, index }: LedgerEntry, proof: readonly Buffer[] | null, opening: Taken | undefined): void {
    this.#entries.push(bytes, LINE_FEED)
    this.#bytes += bytes.length
    if (proof) this.#proofs.push(`${JSON.stringify({ index, proof: proof.map((hash) => hash.toString('base64')) })}\n`)
    if (!opening || index === null) return
    const line = openingLine(index, opening)
    this.#openings.push(line)
    this.#bytes += line.length
  }

  /** A place whose entry is nobody else's business: its leaf hash alone. */
  withhold(leaf: Buffer): void {
    const line = Buffer.from(`#${leaf.toString('base64')}\n`, 'latin1')
    this.#entries.push(line)
    this.#bytes += line.length
  }

  get isFull(): boolean {
    return this.#bytes >= FULL_BYTES
  }

  /** The files of what was added since the last time; none when there was nothing. */
  take(): { name: string; content: Buffer }[] {
    if (this.#entries.length === 0) return []
    const number = String(this.#number).padStart(6, '0')
    const file = (kind: string, content: Buffer) => ({ name: `${this.#prefix}${kind}/${number}.jsonl`, content })
    const files = [file('entries', Buffer.concat(this.#entries))]
    if (this.#proofs.length > 0) files.push(file('proofs', Buffer.from(this.#proofs.join(''), 'latin1')))
    if (this.#openings.length > 0) files.push(file('openings', Buffer.from(this.#openings.join(''), 'utf8')))
    this.#number += 1
    this.#entries = []
    this.#proofs = []
    this.#openings = []
    this.#bytes = 0
    return files
  }
}

const LINE_FEED = Buffer.from('\n')

/** One line of what opens a commitment. Keys stand in this order: the verifier takes projection and payload as the bytes they are. */
function openingLine(index: number, opening: Taken): string {
  if (opening.state !== 'opened') return `{"index":${index},"state":"${opening.state}"}\n`
  const { nonce, projection, payload } = opening
  return `{"index":${index},"state":"opened","nonce":"${nonce.toString('base64url')}","projection":${projection},"payload":${payload}}\n`
}
