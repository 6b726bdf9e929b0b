import { checkpointText, openCheckpoint, parseCheckpoint, type Checkpoint } from '@/lib/ledger/checkpoint'
import { verifyConsistency, type Hash } from '@/lib/ledger/merkle'
import type { NoteVerifier } from '@/lib/ledger/note'

/** What a log asks of a witness (C2SP tlog-witness, add-checkpoint). */
export interface AddCheckpoint {
  /** The size the witness is thought to have cosigned last; 0 to learn it. */
  old: number
  /** From there to the checkpoint (RFC 6962 §2.1.2). */
  proof: readonly Hash[]
  checkpoint: string
}

/** What the witness holds of the log: the last checkpoint it cosigned. */
export type Held = { size: number; root: Hash } | null

export type Judged =
  | ({ ok: true; text: string } & Checkpoint)
  | { ok: false; status: 400 | 403 | 404 | 422; says: string }
  /** The body is the size the witness does hold, of type `text/x.tlog.size`. */
  | { ok: false; status: 409; size: number; says: string }

/** The content type of a 409. */
export const SIZE_TYPE = 'text/x.tlog.size'
const MOST_HASHES = 63

/** The body of the request. */
export function encodeAddCheckpoint({ old, proof, checkpoint }: AddCheckpoint): string {
  return [`old ${old}`, ...proof.map((hash) => hash.toString('base64')), '', checkpoint].join('\n')
}

/** Reads the body; null when it is not exactly of the format. */
export function decodeAddCheckpoint(body: string): AddCheckpoint | null {
  const split = body.indexOf('\n\n')
  if (split < 0) return null
  const [first, ...lines] = body.slice(0, split).split('\n')
  const [, oldText] = /^old (0|[1-9][0-9]*)$/.exec(first ?? '') ?? []
  const proof = lines.map((line) => ({ line, hash: Buffer.from(line, 'base64') }))
  if (oldText === undefined || !Number.isSafeInteger(Number(oldText)) || proof.length > MOST_HASHES) return null
  if (!proof.every(({ line, hash }) => hash.length === 32 && hash.toString('base64') === line)) return null
  return { old: Number(oldText), proof: proof.map(({ hash }) => hash), checkpoint: body.slice(split + 2) }
}

/**
 * Whether a witness may cosign. The order of the checks is the specification's. Pure: whoever cosigns writes down first what it
 * holds from then on, and lets nobody else in between.
 * @param verifiers the keys the witness trusts for this log, all of one name
 */
export function judgeAddCheckpoint(body: string, verifiers: readonly NoteVerifier[], held: Held): Judged {
  const request = decodeAddCheckpoint(body)
  const text = request && checkpointText(request.checkpoint)
  const said = text && parseCheckpoint(text)
  if (!request || !text || !said) return { ok: false, status: 400, says: 'that is no add-checkpoint request' }
  if (!verifiers.some(({ name }) => name === said.origin)) return { ok: false, status: 404, says: 'an unknown log' }
  if (!verifiers.some((verifier) => openCheckpoint(request.checkpoint, verifier).ok))
    return { ok: false, status: 403, says: 'no trusted signature' }
  if (request.old > said.size) return { ok: false, status: 400, says: 'the old size is larger than the checkpoint' }
  if (request.old !== (held?.size ?? 0))
    return { ok: false, status: 409, size: held?.size ?? 0, says: 'another size was cosigned last' }
  if (held && held.size === said.size && !held.root.equals(said.root))
    return { ok: false, status: 409, size: held.size, says: 'another root of the same size was cosigned' }
  const holds =
    request.old === 0
      ? request.proof.length === 0
      : held !== null && verifyConsistency(request.old, said.size, request.proof, held.root, said.root)
  return holds ? { ok: true, text, ...said } : { ok: false, status: 422, says: 'the consistency proof does not hold' }
}
