import { idTime } from '@/lib/core/ids'
import type { LedgerEntry } from '@/lib/ledger/read'
import type { ExportQuery } from './export'

/** Rows a report shows: a page somebody reads. Everything is in the entries. */
export const REPORT_ROWS = 500

/** What is gathered of a bundle's entries while they pass: as much as its other files need, whatever their number. */
export class BundleTally {
  readonly agents = new Set<string>()
  readonly people = new Set<string>()
  /** the decisions a sample is drawn from */
  readonly population: number[] = []
  /** the first entries about what was asked, for the report */
  readonly rows: LedgerEntry[] = []
  readonly counts = new Map<string, number>()
  about = 0
  readonly #boundaries = new Map<string, { agent: string; version: number }>()
  readonly #agent: string | null
  readonly #from: number
  readonly #to: number

  constructor({ whole, from, to }: ExportQuery, only: string | null) {
    if (whole?.agent) this.agents.add(whole.agent.id)
    this.#agent = only
    this.#from = from.getTime()
    this.#to = to.getTime()
  }

  entry(one: LedgerEntry): void {
    const { entry, index, id } = one
    if (!entry || index === null) return
    if (this.#agent !== null && entry.agent !== this.#agent) return
    // Also of those in the rim of the period: the verifier holds every decision it sees against its boundary.
    if (entry.kind === 'action.decided' && entry.boundary && entry.agent) {
      const { version } = entry.boundary
      this.#boundaries.set(`${entry.agent} ${String(version)}`, { agent: entry.agent, version })
      this.agents.add(entry.agent)
    }
    const at = idTime(id)
    if (at < this.#from || at >= this.#to) return
    this.about += 1
    const what = entry.outcome ? `${entry.kind}: ${entry.outcome}` : entry.kind
    this.counts.set(what, (this.counts.get(what) ?? 0) + 1)
    if (entry.kind === 'action.decided') this.population.push(index)
    if (entry.agent) this.agents.add(entry.agent)
    for (const person of [entry.owner, entry.actor.split(':')[1], ...(entry.verdicts?.map((one) => one.person) ?? [])])
      if (person) this.people.add(person)
    if (this.rows.length < REPORT_ROWS) this.rows.push(one)
  }

  /** The boundary versions that decisions name. */
  boundaries(): { agent: string; version: number }[] {
    return [...this.#boundaries.values()]
  }
}
