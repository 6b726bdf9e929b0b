import { Break, type BreakCode } from './break'
import type { Placed } from './entry'
import { readCheckpoints, walkComplete, walkPicked, type Walker } from './log'
import { checkNames, readKeys, readManifest, type Manifest, type Trust } from './manifest'
import type { Opening, OpeningState } from './openings'
import { Passkeys } from './passkeys'
import { People } from './people'
import type { Hash } from './proof/bytes'
import { Rules } from './rules'
import { Signatures, type SignaturesFound } from './signatures'
import { checkSample, draw } from './sample'
import type { Leaf } from './tree'
import { Verdicts, type VerdictsFound } from './verdicts'
import { openArchive, type Archive } from './zip'

/** How late an entry may get its place by the ledger's promise, with what clocks may differ: the rim a period needs around it. */
const RIM_MS = 15_000

/** What a bundle was found to be, when all of it holds. */
export type Found = {
  whole: true
  manifest: Manifest
  /** the newest key, and whether the auditor brought one */
  vkey: string
  keyWasGiven: boolean
  entries: number
  withheld: number
  /** entries about the agent, or all, made within the period */
  about: number
  first: { index: number; time: string } | null
  last: { index: number; time: string } | null
  /** the farthest an entry stands behind a later-made one, in milliseconds: what the log's order and its times differ by */
  disorderMs: number
  checkpoints: number
  payloads: Readonly<Record<OpeningState, number>>
  boundaries: number
  decisionsAgainstHalts: number
  people: number
  signatures: SignaturesFound
  verdicts: VerdictsFound
  sample: { drawn: readonly number[]; of: number; seed: string } | null
  /** drawn by the auditor's own seed */
  own: readonly number[] | null
}

export type Verdict = Found | { whole: false; code: BreakCode; says: string; file: string | null; index: number | null }

export type VerifyOptions = {
  /** the verifier key the auditor wrote down elsewhere */
  vkey?: string | undefined
  /** draws as many from the same entries, by a seed nobody knew before */
  own?: { count: number; seed: string } | undefined
}

/**
 * Verifies an evidence bundle: from the file alone, without a network, a database or the server that made it. Ends at the
 * first thing that does not hold, and names it. Throws only where the file cannot be read at all.
 */
export async function verifyBundle(path: string, options: VerifyOptions = {}): Promise<Verdict> {
  try {
    const archive = openArchive(path)
    try {
      return await verifyArchive(archive, options)
    } finally {
      archive.close()
    }
  } catch (error) {
    if (!(error instanceof Break)) throw error
    return { whole: false, code: error.code, says: error.message, file: error.file, index: error.index }
  }
}

async function verifyArchive(archive: Archive, { vkey, own }: VerifyOptions): Promise<Verdict> {
  checkNames(archive)
  const trust: Trust = await readKeys(archive, vkey)
  const manifest = await readManifest(archive, trust)
  const { scope } = manifest
  const found = await readCheckpoints(archive, trust, manifest)
  const rules = new Rules(scope.kind === 'complete', scope.kind === 'complete' ? scope.agent : null)
  const people = new People(scope.kind === 'complete' ? scope.end : found.head.size)
  const tally = new Tally(manifest)
  const passkeys = new Passkeys()
  const [signatures, verdicts] = [new Signatures(passkeys), new Verdicts(passkeys, scope.kind === 'complete')]
  const read = [passkeys, signatures, verdicts]

  const walker: Walker = {
    entry: (placed) => {
      rules.entry(placed)
      people.entry(placed)
      tally.entry(placed)
      for (const each of read) each.entry(placed)
    },
    opening: (opening) => {
      tally.opening(opening)
      for (const each of read) each.opening(opening)
    },
    withheld: () => {
      tally.withheld += 1
    },
  }
  if (scope.kind === 'complete') await walkComplete(archive, manifest, found, walker)
  else await walkPicked(archive, '', found.head, walker)
  tally.checkPeriod(found.head.size)

  const support = new Support(manifest)
  await walkPicked(archive, 'support-', found.head, {
    entry: (placed, leaf) => {
      rules.support(placed)
      people.entry(placed)
      support.entry(placed, leaf)
      for (const each of [passkeys, signatures]) each.entry(placed)
    },
    opening: (opening) => {
      support.opening(opening)
      for (const each of [passkeys, signatures]) each.opening(opening)
    },
    withheld: () => undefined,
  })
  const leaf = support.checkMade()
  const boundaries = rules.boundaries(archive)
  const table = people.check(archive)
  const sampled = archive.members.some(({ name }) => name === 'sample.json')
  const sample = sampled
    ? await checkSample(archive, found.head, { entry: manifest.made.entry, leaf }, tally.population)
    : null
  for (const member of archive.unread()) archive.read(member)
  return {
    whole: true,
    manifest,
    vkey: trust.checkpoint.at(-1)?.text ?? '',
    keyWasGiven: trust.given,
    entries: tally.entries,
    withheld: tally.withheld,
    about: tally.about,
    first: tally.first,
    last: tally.last,
    disorderMs: tally.disorderMs,
    checkpoints: found.checked.length,
    payloads: tally.payloads,
    boundaries,
    decisionsAgainstHalts: rules.heldAgainstHalts,
    people: table.people.length,
    signatures: signatures.found(),
    verdicts: verdicts.found(),
    sample: sample && { drawn: sample.drawn, of: sample.population, seed: sample.seed },
    own: own ? draw(tally.population, own.count, own.seed) : null,
  }
}

/** What is counted on the way. */
class Tally {
  entries = 0
  withheld = 0
  about = 0
  first: { index: number; time: string } | null = null
  last: { index: number; time: string } | null = null
  disorderMs = 0
  readonly payloads: Record<OpeningState, number> = { opened: 0, erased: 0, expired: 0, sensitive: 0, broken: 0 }
  /** the decisions a sample is drawn from: about the agent where there is one, made within the period */
  readonly population: number[] = []
  readonly #manifest: Manifest
  readonly #from: number
  readonly #to: number
  #firstMs = 0
  #latestMs = 0

  constructor(manifest: Manifest) {
    this.#manifest = manifest
    this.#from = Date.parse(manifest.query.from)
    this.#to = Date.parse(manifest.query.to)
  }

  entry({ index, entry, ms }: Placed): void {
    const { scope } = this.#manifest
    this.entries += 1
    if (!this.first) {
      this.first = { index, time: entry.time }
      this.#firstMs = ms
    }
    this.last = { index, time: entry.time }
    this.disorderMs = Math.max(this.disorderMs, this.#latestMs - ms)
    this.#latestMs = Math.max(this.#latestMs, ms)
    const agent = scope.kind === 'complete' ? scope.agent : null
    if (ms < this.#from || ms >= this.#to || (agent !== null && entry.agent !== agent)) return
    this.about += 1
    if (entry.kind === 'action.decided') this.population.push(index)
  }

  opening({ state }: Opening): void {
    this.payloads[state] += 1
  }

  /** Whether the range reaches around the period: from before it, or the beginning of the log, to behind it, or the end. @throws Break */
  checkPeriod(headSize: number): void {
    const { scope, made } = this.#manifest
    if (scope.kind !== 'complete' || scope.others === 'hashes') return
    const before = scope.first === 0 || this.#firstMs <= this.#from - RIM_MS
    const toTheEnd = scope.end === headSize && scope.end > made.entry
    if (!before || !(toTheEnd || this.#latestMs >= this.#to + RIM_MS)) throw new Break('period_not_covered')
  }
}

/** The entries that support a bundle; among them the one that recorded its making. */
class Support {
  readonly #manifest: Manifest
  #kind: string | null = null
  #actor: string | null = null
  #payload = ''
  #leaf: Hash | null = null

  constructor(manifest: Manifest) {
    this.#manifest = manifest
  }

  entry({ index, entry }: Placed, leaf: Leaf): void {
    if (index !== this.#manifest.made.entry) return
    this.#kind = entry.kind
    this.#actor = entry.actor
    this.#leaf = Buffer.from(leaf, 'latin1')
  }

  opening({ index, payload }: Opening): void {
    if (index === this.#manifest.made.entry) this.#payload = payload()
  }

  /** The entry of the export says what the manifest says. Answers its leaf hash. @throws Break `query_differs` */
  checkMade(): Hash {
    const { made, query, scope, head } = this.#manifest
    const at = { index: made.entry }
    if (!this.#leaf || this.#kind !== 'export.begun' || this.#actor !== `person:${made.by}`)
      throw new Break('query_differs', at)
    const said = JSON.parse(this.#payload || 'null') as { query?: unknown; scope?: { end?: number | null } } | null
    // Recorded without an end, a range goes to the end of the log as of this bundle.
    const open = said?.scope?.end === null && scope.kind === 'complete' && scope.end === head.size
    const recorded = open ? { ...said.scope, end: head.size } : said?.scope
    if (JSON.stringify(said?.query) !== JSON.stringify(query) || JSON.stringify(recorded) !== JSON.stringify(scope))
      throw new Break('query_differs', at)
    return this.#leaf
  }
}
