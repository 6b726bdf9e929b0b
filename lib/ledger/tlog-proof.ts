import { openCheckpoint, type Checkpoint } from '@/lib/ledger/checkpoint'
import { verifyInclusion, type Hash } from '@/lib/ledger/merkle'
import type { NoteVerifier } from '@/lib/ledger/note'

/** What a `.tlog-proof` file holds (C2SP tlog-proof): that one entry is under one signed checkpoint. */
export interface TlogProof {
  /** Zero-based place of the entry in the log. */
  index: number
  /** Sibling hashes, leaf side first (RFC 6962 §2.1.1). */
  path: readonly Hash[]
  /** The checkpoint as it was signed, with every signature it carries. */
  checkpoint: string
  /** Opaque, and not authenticated: nothing may be believed of it. */
  extra?: Buffer
}

export type JudgedProof =
  | ({ ok: true } & Checkpoint)
  | { ok: false; reason: 'malformed' | 'bad_signature' | 'no_known_signature' | 'other_origin' | 'not_included' }

const HEADER = 'c2sp.org/tlog-proof@v1'
/** More siblings than any tree of 2^63 leaves has. */
const MOST_SIBLINGS = 63
const MOST_BYTES = 1_000_000

/** Writes the file. Throws TypeError when what is given makes no proof: a bad index, a hash of another length, a note without an end. */
export function encodeTlogProof({ index, path, checkpoint, extra }: TlogProof): string {
  if (!Number.isSafeInteger(index) || index < 0) throw new TypeError('an index is a whole number from 0 on')
  if (path.length > MOST_SIBLINGS || path.some((hash) => hash.length !== 32))
    throw new TypeError('a path is hashes of 32 bytes')
  if (!checkpoint.endsWith('\n')) throw new TypeError('a checkpoint ends in a newline')
  const lines = [HEADER, ...(extra ? [`extra ${extra.toString('base64')}`] : []), `index ${index}`]
  return [...lines, ...path.map((hash) => hash.toString('base64')), '', checkpoint].join('\n')
}

/** Reads the file without judging it; null when it is not exactly of the format. */
export function decodeTlogProof(text: string): TlogProof | null {
  const split = text.indexOf('\n\n')
  if (split < 0 || text.length > MOST_BYTES || !text.endsWith('\n')) return null
  const [header, ...lines] = text.slice(0, split).split('\n')
  if (header !== HEADER) return null
  const extra = lines[0]?.startsWith('extra ') ? bytes(lines.shift()?.slice(6) ?? '') : undefined
  const [, indexText] = /^index (0|[1-9][0-9]*)$/.exec(lines.shift() ?? '') ?? []
  const index = Number(indexText)
  const path = lines.map(bytes)
  if (extra === null || indexText === undefined || !Number.isSafeInteger(index) || path.length > MOST_SIBLINGS)
    return null
  if (!path.every((hash) => hash?.length === 32)) return null
  return { index, path: path as Hash[], checkpoint: text.slice(split + 2), ...(extra && { extra }) }
}

/**
 * Judges a proof offline: the checkpoint carries the signature of `verifier`, and the leaf is in its tree at that index.
 * @param leaf SHA-256(0x00 ‖ entry), which the caller makes from the entry's own bytes
 */
export function verifyTlogProof(text: string, leaf: Hash, verifier: NoteVerifier): JudgedProof {
  const proof = decodeTlogProof(text)
  if (!proof) return { ok: false, reason: 'malformed' }
  const opened = openCheckpoint(proof.checkpoint, verifier)
  if (!opened.ok) return opened
  const { origin, size, root } = opened
  if (!verifyInclusion(proof.index, size, leaf, proof.path, root)) return { ok: false, reason: 'not_included' }
  return { ok: true, origin, size, root }
}

function bytes(text: string): Buffer | null {
  const decoded = Buffer.from(text, 'base64')
  return decoded.length > 0 && decoded.toString('base64') === text ? decoded : null
}
