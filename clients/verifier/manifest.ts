import { Break } from './break'
import { nodePrimitives } from './node'
import { openNote, readVkey, type VerifierKey } from './proof/note'
import { toBase64 } from './proof/bytes'
import { isHandedOver } from './proof/succession'
import type { Archive, Member } from './zip'

/** What a bundle says it is. Times are ISO 8601, ids bare UUIDs, hashes standard base64 unless said otherwise. */
export type Manifest = {
  format: 'countersign bundle v1'
  origin: string
  /** when, by whom (a pseudonymous id), and the entry that recorded it before anything left */
  made: { at: string; by: string; entry: number }
  /** what was asked for */
  query: { text: string; from: string; to: string }
  scope: Scope
  /** the checkpoint every proof leads to */
  head: { size: number; root: string }
  files: readonly { name: string; bytes: number; sha256: string | null }[]
}

/**
 * `complete`: every place of the log from `first` to `end` (not included) is accounted for, in order. `others` says whether entries
 * that are not about `agent` are there in full or as hashes alone. `picked`: some entries, each with its proof.
 */
export type Scope =
  | { kind: 'complete'; first: number; end: number; agent: string | null; others: 'entries' | 'hashes' }
  | { kind: 'picked' }

/** The keys of a log, oldest first. A later one is handed over by the one before it, in a note that one signed. */
export type KeyLine = { origin: string; vkey: string; receipt: string; handover?: string }

export type Trust = { origin: string; checkpoint: VerifierKey[]; receipt: VerifierKey[]; given: boolean }

const FIXED_BEFORE = ['README.txt', 'keys.json', 'checkpoints.jsonl']
const FIXED_AFTER = [
  ...['boundaries.jsonl', 'people.json', 'sample.json', 'report.html'],
  ...['manifest.json', 'manifest.note'],
]
const CHUNK = /^(entries|proofs|openings|support-entries|support-proofs|support-openings)\/([0-9]{6})\.jsonl$/
const OPTIONAL = ['sample.json']

/** Reads JSON that this format wrote: an object or a list. @throws Break `unreadable` */
export function readJson<T>(bytes: Buffer, file: string): T {
  try {
    return JSON.parse(bytes.toString('utf8')) as T
  } catch {
    throw new Break('unreadable', { file })
  }
}

/** The lines of a file that ends in a newline. @throws Break `unreadable` */
export function lines(bytes: Buffer, file: string): string[] {
  if (bytes.length === 0) return []
  const all = bytes.toString('utf8').split('\n')
  if (all.pop() !== '') throw new Break('unreadable', { file, detail: 'its last line has no end' })
  return all
}

/** A file by its name. @throws Break `missing_file` */
export function memberOf(archive: Archive, name: string): Member {
  const found = archive.members.find((one) => one.name === name)
  if (!found) throw new Break('missing_file', { file: name })
  return found
}

/** Whether the files are those of a bundle, all there and in their order. @throws Break */
export function checkNames(archive: Archive): void {
  const names = archive.members.map(({ name }) => name)
  const foreign = names.find((name) => ![...FIXED_BEFORE, ...FIXED_AFTER].includes(name) && !CHUNK.test(name))
  if (foreign !== undefined) throw new Break('foreign_file', { file: foreign })
  for (const name of [...FIXED_BEFORE, ...FIXED_AFTER])
    if (!names.includes(name) && !OPTIONAL.includes(name)) throw new Break('missing_file', { file: name })
  const ranks = names.map(rankOf)
  const wrong = ranks.findIndex((rank, i) => i > 0 && rank <= (ranks[i - 1] ?? ''))
  if (wrong >= 0) throw new Break('reordered', { file: names[wrong] ?? null })
}

/** A text whose order is that of the files: each chunk of entries, its proofs, its payloads; then what supports them. */
function rankOf(name: string): string {
  const before = FIXED_BEFORE.indexOf(name)
  if (before >= 0) return `0${String(before)}`
  const after = FIXED_AFTER.indexOf(name)
  if (after >= 0) return `3${String(after)}`
  const [, kind = '', number = ''] = CHUNK.exec(name) ?? []
  const part = kind.replace('support-', '')
  return `${kind.startsWith('support-') ? 2 : 1}${number}${String(['entries', 'proofs', 'openings'].indexOf(part))}`
}

/**
 * Reads the keys and decides which of them to trust. Without a key the auditor brought, those in the bundle are taken for the
 * log's, and the verdict says so; with one, it must be among them, and every other must have been handed over from it.
 * @throws Break `foreign_key`, `key_not_handed_over`, `unreadable`
 */
export async function readKeys(archive: Archive, given: string | undefined): Promise<Trust> {
  const file = 'keys.json'
  const found = readJson<KeyLine[]>(archive.read(memberOf(archive, file)), file)
  const checkpoint: VerifierKey[] = []
  const receipt: VerifierKey[] = []
  for (const line of found) {
    const [own, theirs] = [await readVkey(nodePrimitives, line.vkey), await readVkey(nodePrimitives, line.receipt)]
    if (own?.name !== line.origin || theirs?.name !== `${line.origin}/receipt`) throw new Break('unreadable', { file })
    const before = checkpoint.at(-1)
    if (before && !(await isHandedOver(nodePrimitives, line.handover ?? '', before, own)))
      throw new Break('key_not_handed_over', { file })
    checkpoint.push(own)
    receipt.push(theirs)
  }
  const newest = found.at(-1)
  if (!newest) throw new Break('unreadable', { file })
  if (given !== undefined && !checkpoint.some(({ text }) => text === given.trim()))
    throw new Break('foreign_key', { file, detail: 'the key you gave is not among the keys of this bundle' })
  return { origin: newest.origin, checkpoint, receipt, given: given !== undefined }
}

/** Reads the manifest, checks its seal, and holds every file to it: name, order and length now, SHA-256 when it is read. @throws Break */
export async function readManifest(archive: Archive, trust: Trust): Promise<Manifest> {
  const bytes = archive.read(memberOf(archive, 'manifest.json'))
  const note = archive.read(memberOf(archive, 'manifest.note')).toString('utf8')
  const opened = await openNote(nodePrimitives, note, trust.receipt)
  if (!opened.ok) {
    const code = opened.reason === 'malformed' ? 'unsealed' : opened.reason
    throw new Break(code, { file: 'manifest.note' })
  }
  const manifest = readJson<Manifest>(bytes, 'manifest.json')
  const digest = toBase64(await nodePrimitives.sha256(bytes))
  if (opened.text !== `countersign bundle v1\n${manifest.origin}\n${digest}\n`)
    throw new Break('unsealed', { file: 'manifest.note', detail: 'it seals another manifest' })
  if (manifest.format !== 'countersign bundle v1' || opened.signedBy.name !== `${manifest.origin}/receipt`)
    throw new Break('unreadable', { file: 'manifest.json' })
  const listed = archive.members.filter(({ name }) => !name.startsWith('manifest.'))
  for (const [i, member] of listed.entries()) {
    const said = manifest.files[i]
    const fits = said?.name === member.name && said.bytes === member.length
    // Entries alone need no digest: every byte of theirs is under the root of the log.
    if (!fits || (typeof said.sha256 !== 'string' && !/^(support-)?entries\//.test(member.name)))
      throw new Break('manifest_differs', { file: member.name })
  }
  if (manifest.files.length !== listed.length)
    throw new Break('missing_file', { file: manifest.files[listed.length]?.name ?? null })
  archive.expect(new Map(manifest.files.map(({ name, sha256 }) => [name, sha256])))
  return manifest
}
