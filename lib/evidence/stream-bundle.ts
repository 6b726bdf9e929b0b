import { sha256 } from '@/lib/core/canonical'
import { db, transaction } from '@/lib/db/client'
import { ledger } from '@/lib/ledger/handle'
import { signNote } from '@/lib/ledger/note'
import { entriesFrom, type LedgerEntry } from '@/lib/ledger/read'
import type { Actor } from '@/lib/people/actor'
import { Prover } from '@/lib/ledger/read-proofs'
import { revealPayloads } from '@/lib/ledger/reveal'
import { beginExport, headOver, type Begun, type ExportHead } from './begin-export'
import { boundariesOf, checkpointsOf, keysOf } from './bundle-parts'
import { BundleTally } from './bundle-tally'
import { Chunks } from './chunk'
import type { ExportQuery } from './export'
import { OWNER_KINDS, PEOPLE_KINDS, peopleThen } from './people-then'
import { MOST_PICKED, type Scope } from './plan'
import { README } from './readme'
import { reportOf } from './report'
import { drawSample } from './sample'
import { entriesAtPlaces, entriesOfQuery, recorded } from './stream-lines'
import { namesOf, placesOfKinds } from './store-export'
import { payloadsTaken } from './taken'
import { ZipWriter } from './zip'
import { fault } from '@/lib/core/fault'

const PASSKEY_KINDS = ['passkey.added', 'passkey.removed']
const SIGNATURE_KINDS = ['boundary.signed', 'baseline.signed', ...PASSKEY_KINDS]
const isEntries = (name: string): boolean => /^(support-)?entries\//.test(name)

type Chunk = { bytes: Buffer; places: readonly number[] }
type Definite =
  | { kind: 'complete'; first: number; end: number; agent: string | null; others: 'entries' | 'hashes' }
  | { kind: 'picked' }

/** What a bundle is made of, once its entry has its place. */
type Plan = {
  by: Actor
  query: ExportQuery
  begun: Begun
  index: number
  head: ExportHead
  scope: Definite
  sample: number
  now: Date
}

/**
 * An evidence bundle as it is read (docs/guides/evidence.md): recorded before this answers, proven under the first checkpoint over that
 * record, and recorded again when it was taken or broken off. In memory is one chunk of it, whatever its size.
 * @throws Fault `unavailable` while the ledger does not sign
 */
export async function exportBundle(
  by: Actor,
  query: ExportQuery,
  scope: Scope,
  sample: number,
  now: Date,
): Promise<AsyncGenerator<Buffer>> {
  const begun = await transaction((tx) => beginExport(tx, by, 'bundle', query, scope, sample))
  const { index, head } = await headOver(db(), begun.entry)
  const definite: Definite = scope.kind === 'complete' ? { ...scope, end: scope.end ?? head.size } : scope
  return recorded(by, 'bundle', begun, bundleOf({ by, query, begun, index, head, scope: definite, sample, now }))
}

async function* bundleOf(plan: Plan): AsyncGenerator<Chunk> {
  const { head, scope, index } = plan
  const zip = new ZipWriter()
  const files: { name: string; bytes: number; sha256: string | null }[] = []
  const put = (name: string, content: Buffer | string, places: readonly number[] = []): Chunk => {
    const bytes = typeof content === 'string' ? Buffer.from(content, 'utf8') : content
    // Entries alone need no digest: every byte of theirs is under the root of the log.
    files.push({ name, bytes: bytes.length, sha256: isEntries(name) ? null : sha256(bytes).toString('hex') })
    return { bytes: Buffer.concat(zip.file(name, bytes)), places }
  }
  const prover = new Prover(db(), head.size)
  const tally = new BundleTally(plan.query, scope.kind === 'complete' ? scope.agent : null)
  yield put('README.txt', README)
  yield put('keys.json', await keysOf(db(), head.size))
  yield put('checkpoints.jsonl', await checkpointsOf(db(), prover, head, scope))

  const chunks = new Chunks('')
  let places: number[] = []
  for await (const page of scope.kind === 'complete' ? dense(scope.first, scope.end) : picked(plan)) {
    const wanted = page.filter(
      (one) => scope.kind === 'picked' || scope.agent === null || one.entry?.agent === scope.agent,
    )
    const openings = await payloadsTaken(db(), plan.by, wanted)
    for (const one of page) {
      const shown = wanted.includes(one) || (scope.kind === 'complete' && scope.others === 'entries')
      if (shown) {
        chunks.add(one, scope.kind === 'picked' ? await prover.inclusion(one.index ?? 0) : null, openings.get(one.id))
        tally.entry(openings.get(one.id)?.state === 'sensitive' ? { ...one, projection: null } : one)
        places.push(one.index ?? 0)
      } else chunks.withhold(one.leaf)
      if (!chunks.isFull) continue
      for (const { name, content } of chunks.take()) {
        yield put(name, content, places)
        places = []
      }
    }
  }
  for (const { name, content } of chunks.take()) {
    yield put(name, content, places)
    places = []
  }

  const end = scope.kind === 'complete' ? scope.end : head.size
  const supporting = await supportOf(tally, end, index)
  const support = new Chunks('support-')
  const own = await revealPayloads(db(), [plan.begun.entry])
  // a signature's statement and its passkey's answer, so that it can be checked without this server
  const signatures = await payloadsTaken(
    db(),
    plan.by,
    supporting.filter(({ entry }) => entry && SIGNATURE_KINDS.includes(entry.kind)),
  )
  for (const one of supporting) {
    support.add(
      one,
      await prover.inclusion(one.index ?? 0),
      one.index === index ? own.get(one.id) : signatures.get(one.id),
    )
    if (support.isFull) for (const { name, content } of support.take()) yield put(name, content)
  }
  for (const { name, content } of support.take()) yield put(name, content)

  const boundaries = await boundariesOf(db(), tally.boundaries())
  yield put('boundaries.jsonl', boundaries.map((line) => `${JSON.stringify(line)}\n`).join(''))
  const names = await namesOf(db(), [...tally.people, ...tally.agents])
  const saying = supporting.flatMap((one) =>
    one.entry && one.index !== null ? [{ index: one.index, entry: one.entry }] : [],
  )
  const people = peopleThen(saying, end, names)
  yield put('people.json', `${JSON.stringify(people, null, 2)}\n`)
  let drawn: readonly number[] = []
  if (plan.sample > 0) {
    const seed = (await prover.root(index + 1)).toString('hex')
    drawn = drawSample(tally.population, plan.sample, seed)
    const base64 = (hashes: readonly Buffer[]) => hashes.map((hash) => hash.toString('base64'))
    const [inclusion, consistency] = [await prover.inclusion(index, index + 1), await prover.consistency(index + 1)]
    const said = { count: plan.sample, population: tally.population.length, seed, entry: index }
    yield put(
      'sample.json',
      `${JSON.stringify({ ...said, inclusion: base64(inclusion), consistency: base64(consistency), drawn })}\n`,
    )
  }
  const { origin, receipt } = ledger()
  const said = {
    format: 'countersign bundle v1',
    origin,
    made: { at: plan.now.toISOString(), by: plan.by.id, entry: index },
    query: plan.begun.query,
    scope,
    head: { size: head.size, root: head.root.toString('base64') },
  }
  yield put('report.html', reportOf({ ...said, by: plan.by.name, people, boundaries, names, tally, drawn }))
  const manifest = Buffer.from(`${JSON.stringify({ ...said, files }, null, 1)}\n`, 'utf8')
  yield { bytes: Buffer.concat(zip.file('manifest.json', manifest)), places: [] }
  const seal = signNote(`countersign bundle v1\n${origin}\n${sha256(manifest).toString('base64')}\n`, [receipt])
  yield { bytes: Buffer.concat(zip.file('manifest.note', Buffer.from(seal, 'utf8'))), places: [] }
  yield { bytes: zip.end(), places: [] }
}

/** Every place of a range, whatever is there. @throws Fault `internal` where the log has a hole: a bundle would say it has none */
async function* dense(first: number, end: number): AsyncGenerator<LedgerEntry[]> {
  for (let next = first; next < end;) {
    const page = (await entriesFrom(db(), next, 500)).filter(({ index }) => index !== null && index < end)
    if (page.some(({ index }, at) => index !== next + at) || page.length === 0)
      throw fault('internal', { detail: `The log has no entry #${String(next)}. Look at its integrity page.` })
    yield page
    next += page.length
  }
}

async function* picked({ by, query, head }: Plan): AsyncGenerator<LedgerEntry[]> {
  let found = 0
  for await (const page of entriesOfQuery(by, query, head.size)) {
    found += page.length
    if (found > MOST_PICKED)
      throw fault('too_large', {
        detail: `More than ${MOST_PICKED.toLocaleString('en')} entries match: choose a shorter period.`,
      })
    yield page
  }
}

/** The entries that the others rest on: signatures of the boundaries they name, roles and owners as of then, and this export's own. */
async function supportOf(tally: BundleTally, end: number, own: number): Promise<LedgerEntry[]> {
  const agents = [...tally.agents]
  const [signed, roles, owners, passkeys] = await Promise.all([
    agents.length === 0 ? [] : placesOfKinds(db(), ['boundary.signed', 'boundary.tightened'], agents, end),
    placesOfKinds(db(), PEOPLE_KINDS, null, end),
    agents.length === 0 ? [] : placesOfKinds(db(), OWNER_KINDS, agents, end),
    placesOfKinds(db(), PASSKEY_KINDS, null, end),
  ])
  const places = [...new Set([...signed, ...roles, ...owners, ...passkeys, own])].toSorted((a, b) => a - b)
  const found = await entriesAtPlaces(db(), places)
  for (const { entry } of found) if (entry?.about?.person) tally.people.add(entry.about.person)
  for (const { entry } of found) if (entry?.owner) tally.people.add(entry.owner)
  return found
}
