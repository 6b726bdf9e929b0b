import { openNote, signNote, type NoteSigner, type NoteVerifier } from '@/lib/ledger/note'
import { nodeHash, verifyInclusion, type Hash } from '@/lib/ledger/merkle'

/** Seconds within which the entry of a receipt must be under a checkpoint. One that is not is evidence against the operator. */
export const MERGE_DELAY_SECONDS = 10

/** What a receipt promises of one entry. */
export interface Receipt {
  entryId: string
  leaf: Hash
  /** When it was recorded, RFC 3339 with milliseconds, UTC. */
  time: string
}

export type OpenedReceipt =
  | ({ ok: true } & Receipt)
  | { ok: false; reason: 'malformed' | 'bad_signature' | 'no_known_signature' | 'not_in_batch' }

const HEADER = 'countersign receipt v1'
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

/**
 * Signs one receipt for every entry of a batch with a single signature: what is signed is the root of a tree over the
 * batch's leaf hashes, and each receipt carries its path to it (a signature each would cost a third of the throughput:
 * DESIGN §9). The id is a convenience: what binds it is the entry, whose bytes name it and make the leaf. Answers the receipts in the order of the entries.
 *
 *     countersign receipt v1
 *     entry <uuid>
 *     leaf <base64 of SHA-256(0x00 ‖ entry)>
 *     index <position in the batch>
 *     <base64 sibling hashes, leaf side first, one a line>
 *
 *     <origin>/receipt
 *     <size of the batch>
 *     <base64 root of the batch>
 *     <time, RFC 3339>
 *     mmd 10
 *
 *     — <origin>/receipt <base64 of key id ‖ Ed25519 signature>
 */
export function signReceipts(
  entries: readonly { id: string; leaf: Hash }[],
  time: string,
  signer: NoteSigner,
): string[] {
  if (entries.length === 0) return []
  const { root, paths } = batchTree(entries.map((entry) => entry.leaf))
  const text = [signer.name, entries.length, root.toString('base64'), time, `mmd ${MERGE_DELAY_SECONDS}`, ''].join('\n')
  const note = signNote(text, [signer])
  return entries.map(({ id, leaf }, index) => {
    const path = (paths[index] ?? []).map((hash) => `${hash.toString('base64')}\n`)
    return `${HEADER}\nentry ${id}\nleaf ${leaf.toString('base64')}\nindex ${index}\n${path.join('')}\n${note}`
  })
}

/** Checks a receipt offline: the signature over its batch, and that its leaf is in that batch. */
export function openReceipt(receipt: string, verifier: NoteVerifier): OpenedReceipt {
  const malformed: OpenedReceipt = { ok: false, reason: 'malformed' }
  const split = receipt.indexOf('\n\n')
  if (split < 0 || receipt.length > 10_000) return malformed
  const [header, entry, leafLine, indexLine, ...siblings] = receipt.slice(0, split).split('\n')
  const entryId = entry?.startsWith('entry ') ? entry.slice(6) : ''
  const leaf = hashOf(leafLine?.startsWith('leaf ') ? leafLine.slice(5) : '')
  const index = decimal(indexLine?.startsWith('index ') ? indexLine.slice(6) : '')
  const path = siblings.map(hashOf)
  if (header !== HEADER || !UUID.test(entryId) || !leaf || index === null || !path.every((hash) => hash !== null)) {
    return malformed
  }
  const opened = openNote(receipt.slice(split + 2), [verifier])
  if (!opened.ok) return opened
  const [name, sizeText, rootText, time, mmd, end, ...rest] = opened.text.split('\n')
  const size = decimal(sizeText ?? '')
  const root = hashOf(rootText ?? '')
  if (name !== verifier.name || size === null || !root || !time || Number.isNaN(Date.parse(time))) return malformed
  if (!/^mmd [1-9][0-9]*$/.test(mmd ?? '') || end !== '' || rest.length > 0) return malformed
  if (!verifyInclusion(index, size, leaf, path, root)) return { ok: false, reason: 'not_in_batch' }
  return { ok: true, entryId, leaf, time }
}

/** Root and every path of a small tree, level by level: what remains unpaired moves up, which is the RFC 9162 tree. */
function batchTree(leaves: readonly Hash[]): { root: Hash; paths: Hash[][] } {
  const paths: Hash[][] = leaves.map(() => [])
  let level = leaves.map((hash, i) => ({ hash, from: i, to: i + 1 }))
  while (level.length > 1) {
    const next: typeof level = []
    for (let i = 0; i < level.length; i += 2) {
      const left = level[i]
      const right = level[i + 1]
      if (!left) continue
      if (!right) {
        next.push(left)
        continue
      }
      for (let leaf = left.from; leaf < left.to; leaf += 1) paths[leaf]?.push(right.hash)
      for (let leaf = right.from; leaf < right.to; leaf += 1) paths[leaf]?.push(left.hash)
      next.push({ hash: nodeHash(left.hash, right.hash), from: left.from, to: right.to })
    }
    level = next
  }
  const [top] = level
  if (!top) throw new RangeError('a batch has at least one entry')
  return { root: top.hash, paths }
}

function hashOf(text: string): Hash | null {
  const bytes = Buffer.from(text, 'base64')
  return bytes.length === 32 && bytes.toString('base64') === text ? bytes : null
}

function decimal(text: string): number | null {
  const value = Number(text)
  return /^(0|[1-9][0-9]*)$/.test(text) && Number.isSafeInteger(value) ? value : null
}
