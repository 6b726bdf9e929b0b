import { Break } from './break'
import { readEntry, type Placed } from './entry'
import { lines, memberOf, readJson, type Manifest, type Trust } from './manifest'
import { nodePrimitives } from './node'
import { checkOpening, type Opening } from './openings'
import { fromBase64, same, toBase64, type Hash } from './proof/bytes'
import { openCheckpoint } from './proof/checkpoint'
import { isConsistent, isIncluded } from './proof/merkle'
import { leafOfLine, Tree, type Leaf } from './tree'
import type { Archive, Member } from './zip'

/** One line of `checkpoints.jsonl`. `proof`: consistency from the line before; absent where the leaves of the range prove it. */
type CheckpointLine = { note: string; proof?: string[]; edge?: string[] }
export type Head = { size: number; root: Hash }
type Checkpoints = { checked: Head[]; throughLeaves: Head[]; edge: Hash[] | null; fromEnd: Hash[] | null; head: Head }

/** What walking a log finds as it goes: each entry in full, and each opening beside the entry it belongs to. */
export type Walker = {
  entry: (placed: Placed, leaf: Leaf) => void
  opening: (opening: Opening) => void
  withheld: () => void
}

/**
 * Checks every checkpoint: its signature, and that each is the beginning of the next. In a complete range those that end within it
 * are compared with the tree over its leaves (`walkComplete`), which needs no proof.
 * @throws Break
 */
export async function readCheckpoints(archive: Archive, trust: Trust, manifest: Manifest): Promise<Checkpoints> {
  const file = 'checkpoints.jsonl'
  const { scope } = manifest
  const found: Checkpoints = {
    checked: [],
    throughLeaves: [],
    edge: null,
    fromEnd: null,
    head: { size: 0, root: new Uint8Array() },
  }
  let before: Head | null = null
  let newest = 0
  for (const line of lines(archive.read(memberOf(archive, file)), file)) {
    const { note, proof, edge } = readJson<CheckpointLine>(Buffer.from(line), file)
    const opened = await openCheckpoint(nodePrimitives, note, trust.checkpoint)
    if (!opened.ok) throw new Break(opened.reason === 'malformed' ? 'unreadable' : opened.reason, { file })
    const { size, root } = opened
    const rank = trust.checkpoint.indexOf(opened.signedBy)
    if (rank < newest) throw new Break('retired_key', { file })
    newest = rank
    if (before && size < before.size) throw new Break('reordered', { file })
    if (edge) found.edge = hashesOf(edge, file)
    const inside: boolean = scope.kind === 'complete' && size > scope.first && size <= scope.end
    if (inside) found.throughLeaves.push({ size, root })
    else if (scope.kind === 'complete' && found.fromEnd)
      throw new Break('unreadable', { file, detail: 'two checkpoints behind the range' })
    else if (scope.kind === 'complete') found.fromEnd = hashesOf(proof ?? [], file)
    else if (
      before &&
      !(await isConsistent(nodePrimitives, before.size, size, hashesOf(proof ?? [], file), before.root, root))
    )
      throw new Break('not_consistent', { file, detail: `between sizes ${String(before.size)} and ${String(size)}` })
    found.checked.push({ size, root })
    before = { size, root }
    found.head = before
  }
  if (newest !== trust.checkpoint.length - 1) throw new Break('retired_key', { file })
  const { head } = found
  if (head.size !== manifest.head.size || toBase64(head.root) !== manifest.head.root)
    throw new Break('manifest_differs', { file, detail: 'the last checkpoint is not the one every proof leads to' })
  return found
}

/**
 * Walks a complete range: hashes every line into the tree that begins with the edge, compares the tree with every checkpoint on the
 * way, and proves the whole the beginning of the head. What is missing, added, changed or moved changes a root.
 * @throws Break
 */
export async function walkComplete(
  archive: Archive,
  manifest: Manifest,
  found: Checkpoints,
  walker: Walker,
): Promise<void> {
  const { scope } = manifest
  if (scope.kind !== 'complete') throw new TypeError('not a complete bundle')
  const tree = beginTree(scope.first, found.edge)
  const due = [...found.throughLeaves]
  for (const member of chunks(archive, 'entries')) {
    const bytes = archive.read(member, 1)
    const text = bytes.toString('latin1')
    const committed = commitmentsOf(archive, member)
    let start = 1
    for (let end = bytes.indexOf(LINE_FEED, start); end >= 0; end = bytes.indexOf(LINE_FEED, start)) {
      const index = tree.size
      if (index >= scope.end) throw new Break('entry_missing', { file: member.name, index })
      if (bytes[start] === HASH_SIGN) {
        if (scope.others === 'entries') throw new Break('entry_withheld', { file: member.name, index })
        tree.add(withheldLeaf(text.slice(start + 1, end), member.name, index))
        walker.withheld()
      } else {
        const placed = readEntry(text, start, end, index, member.name)
        const leaf = leafOfLine(bytes, start, end)
        tree.add(leaf)
        committed?.set(index, placed.entry.commitment ?? null)
        walker.entry(placed, leaf)
      }
      start = end + 1
      if (due[0]?.size === tree.size) while (due[0]?.size === tree.size) expectRoot(tree, due.shift())
    }
    if (start !== bytes.length) throw new Break('unreadable', { file: member.name, detail: 'its last line has no end' })
    readOpenings(archive, member, committed, walker)
  }
  if (tree.size !== scope.end) throw new Break('entry_missing', { index: tree.size })
  if (due.length > 0) throw new Break('checkpoint_differs', { detail: `of size ${String(due[0]?.size)}` })
  const { head, fromEnd } = found
  if (head.size === scope.end) return
  if (!(await isConsistent(nodePrimitives, scope.end, head.size, fromEnd ?? [], tree.root(), head.root)))
    throw new Break('not_included', { detail: 'the range is not the beginning of the last checkpoint’s tree' })
}

function expectRoot(tree: Tree, checkpoint: Head | undefined): void {
  if (checkpoint && !same(tree.root(), checkpoint.root))
    throw new Break('checkpoint_differs', { detail: `of size ${String(checkpoint.size)}` })
}

function beginTree(first: number, edge: Hash[] | null): Tree {
  try {
    return new Tree(first, edge ?? [])
  } catch {
    throw new Break('unreadable', {
      file: 'checkpoints.jsonl',
      detail: 'the edge of the range does not fit its beginning',
    })
  }
}

/** Checks entries that come each with its own inclusion proof under the head. @throws Break */
export async function walkPicked(archive: Archive, prefix: '' | 'support-', head: Head, walker: Walker): Promise<void> {
  const seen = new Set<number>()
  for (const member of chunks(archive, `${prefix}entries`)) {
    const bytes = archive.read(member, 1)
    const file = member.name.replace('entries/', 'proofs/')
    const proofs = lines(archive.read(memberOf(archive, file)), file)
    const committed = commitmentsOf(archive, member)
    const all = spans(bytes, 1, member.name)
    const text = bytes.toString('latin1')
    if (proofs.length !== all.length) throw new Break('entry_missing', { file })
    for (const [at, [start, end]] of all.entries()) {
      const { index, proof } = readJson<{ index: number; proof: string[] }>(Buffer.from(proofs[at] ?? ''), file)
      if (seen.has(index)) throw new Break('entry_twice', { file, index })
      seen.add(index)
      const placed = readEntry(text, start, end, index, member.name)
      const leaf = leafOfLine(bytes, start, end)
      if (
        !(await isIncluded(
          nodePrimitives,
          index,
          head.size,
          Buffer.from(leaf, 'latin1'),
          hashesOf(proof, file),
          head.root,
        ))
      )
        throw new Break('not_included', { file: member.name, index })
      committed?.set(index, placed.entry.commitment ?? null)
      walker.entry(placed, leaf)
    }
    readOpenings(archive, member, committed, walker)
  }
}

type Commitments = Map<number, string | null>

const openingsOf = (archive: Archive, { name }: Member): Member | undefined => {
  const file = name.replace('entries/', 'openings/')
  return archive.members.find((one) => one.name === file)
}

/** Room for what the entries of a chunk commit to, where payloads of theirs are opened; null: nobody will ask. */
const commitmentsOf = (archive: Archive, member: Member): Commitments | null =>
  openingsOf(archive, member) ? new Map() : null

function readOpenings(archive: Archive, member: Member, committed: Commitments | null, walker: Walker): void {
  const found = openingsOf(archive, member)
  if (!found) return
  const bytes = archive.read(found)
  for (const span of spans(bytes, 0, found.name))
    walker.opening(checkOpening(bytes, span, found.name, (index) => committed?.get(index)))
}

const chunks = (archive: Archive, kind: string): Member[] =>
  archive.members.filter(({ name }) => name.startsWith(`${kind}/`))

const LINE_FEED = 0x0a
const HASH_SIGN = 0x23

function withheldLeaf(text: string, file: string, index: number): Leaf {
  const leaf = fromBase64(text)
  if (leaf?.length !== 32) throw new Break('not_an_entry', { file, index })
  return Buffer.from(leaf).toString('latin1')
}

/** Where each line of a file begins and ends. @throws Break `unreadable` */
function spans(bytes: Buffer, from: 0 | 1, file: string): [number, number][] {
  const all: [number, number][] = []
  let start: number = from
  for (let end = bytes.indexOf(LINE_FEED, start); end >= 0; end = bytes.indexOf(LINE_FEED, start)) {
    all.push([start, end])
    start = end + 1
  }
  if (start !== bytes.length) throw new Break('unreadable', { file, detail: 'its last line has no end' })
  return all
}

export function hashesOf(texts: readonly string[], file: string): Hash[] {
  return texts.map((text) => {
    const hash = fromBase64(text)
    if (hash?.length !== 32) throw new Break('unreadable', { file })
    return hash
  })
}
