import { hash } from 'node:crypto'
import { Break } from './break'
import type { Entry, Placed } from './entry'
import { lines, memberOf, readJson } from './manifest'
import type { Archive } from './zip'

/** One line of `boundaries.jsonl`: what was signed. `canonical` is the RFC 8785 text whose SHA-256 is the digest. */
type BoundaryLine = { agent: string | null; version: number; digest: string; canonical: string; source: string }

/** What puts a boundary in force: a signature, or one person who narrows what stands on one. */
const IN_FORCE_FROM: ReadonlySet<string> = new Set(['boundary.signed', 'boundary.tightened', 'baseline.signed'])

/**
 * What entries must say of one another, whoever wrote them: a decision names a boundary signed before it, nothing is allowed
 * while everything is halted, nobody votes twice. Entries are given in the order of the log, in any number of runs.
 */
export class Rules {
  readonly #signed = new Map<string, number>()
  readonly #decided = new Map<string, number>()
  /** halts of everything, and of one agent, while they are in force, with the agents that stages of their lift let go; by halt */
  readonly #halted = new Map<string, { agent: string | null; at: number; letGo: Set<string> }>()
  readonly #complete: boolean
  readonly #only: string | null
  /** how many decisions were held against the halts in force */
  heldAgainstHalts = 0

  /** @param only the agent whose decisions are held against their boundaries; null: everybody's */
  constructor(complete: boolean, only: string | null) {
    this.#complete = complete
    this.#only = only
  }

  /** An entry from outside the range: it can have put a boundary in force, and no more. */
  support({ index, entry }: Placed): void {
    const key = boundaryKey(entry)
    if (key === null || !IN_FORCE_FROM.has(entry.kind)) return
    this.#signed.set(key, Math.min(index, this.#signed.get(key) ?? index))
  }

  entry(placed: Placed): void {
    this.support(placed)
    const { index, entry } = placed
    const { kind, verdicts } = entry
    const judged = kind === 'action.decided' && (this.#only === null || entry.agent === this.#only)
    const key = judged ? boundaryKey(entry) : null
    if (key !== null) this.#decided.set(key, Math.min(index, this.#decided.get(key) ?? index))
    // whoever was stood in for has answered, too: neither of the two has another seat
    const answered = verdicts?.flatMap(({ person, for: absent }) =>
      absent === undefined ? [person] : [person, absent],
    )
    if (kind === 'approval.approved' && answered && new Set(answered).size < answered.length)
      throw new Break('seat_taken_twice', { index })
    // Only in a complete range is it known that no lift is left out between.
    if (this.#complete) this.#halts(index, entry)
  }

  #halts(index: number, { kind, about, labels, agent, outcome }: Entry): void {
    const halt = about?.['halt']
    if (halt !== undefined && kind === 'halt.engaged') {
      if (labels?.includes('organisation')) this.#halted.set(halt, { agent: null, at: index, letGo: new Set() })
      else if (labels?.includes('agent') && agent) this.#halted.set(halt, { agent, at: index, letGo: new Set() })
    } else if (halt !== undefined && kind === 'halt.lifted') {
      this.#halted.delete(halt)
    } else if (halt !== undefined && kind === 'halt.stage_lifted') {
      // a stage of its lift let go one agent, or those of a team
      const letGo = this.#halted.get(halt)?.letGo
      if (labels?.includes('stage_agent') && agent) letGo?.add(agent)
      else for (const label of labels ?? []) if (label.startsWith('agent.')) letGo?.add(idOf(label))
    } else if (halt !== undefined && kind === 'halt.lift_stopped') {
      this.#halted.get(halt)?.letGo.clear()
    } else if (kind === 'action.decided' && outcome === 'allow' && this.#halted.size > 0) {
      for (const { agent: halted, letGo } of this.#halted.values())
        if ((halted === null && !letGo.has(agent ?? '')) || halted === agent)
          throw new Break('allowed_while_halted', { index })
    }
    if (kind === 'action.decided') this.heldAgainstHalts += 1
  }

  /** Checks the boundaries that decisions name: the text, its digest, and that it was signed before. @throws Break */
  boundaries(archive: Archive): number {
    const file = 'boundaries.jsonl'
    const here = new Set<string>()
    for (const line of lines(archive.read(memberOf(archive, file)), file)) {
      const { agent, version, digest, canonical, source } = readJson<BoundaryLine>(Buffer.from(line), file)
      const at = { file, detail: `version ${String(version)} of ${agent ?? 'the baseline'}` }
      const said = readJson<{ source?: string }>(Buffer.from(canonical), file)
      if (`sha256:${hash('sha256', canonical)}` !== digest) throw new Break('boundary_differs', at)
      if (`sha256:${hash('sha256', source)}` !== said.source) throw new Break('boundary_differs', at)
      here.add(`${agent ?? ''} ${String(version)} ${digest}`)
    }
    for (const [key, first] of this.#decided) {
      if (!here.has(key)) throw new Break('boundary_missing', { file, index: first })
      const signed = this.#signed.get(key)
      if (signed === undefined || signed >= first) throw new Break('boundary_unsigned', { index: first })
    }
    return here.size
  }
}

function boundaryKey({ kind, agent, boundary }: Entry): string | null {
  if (!boundary) return null
  return `${kind.startsWith('baseline') ? '' : (agent ?? '')} ${String(boundary.version)} ${boundary.digest}`
}

/** The agent a label of a stage names: `agent.` and its id without dashes. */
function idOf(label: string): string {
  return label.slice('agent.'.length).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}
