import { boundaryBytes } from '@/lib/boundary/digest'
import { versionOf } from '@/lib/boundary/read'
import { digestText } from '@/lib/core/digest-text'
import type { Db } from '@/lib/db/client'
import type { Prover } from '@/lib/ledger/read-proofs'
import type { ExportHead } from './begin-export'
import { keptCheckpoints } from './store-export'

/** Kept checkpoints of a picked bundle that are proven one after the other; in a complete one the leaves prove them. */
const MOST_CHAINED = 200
const MOST_WITHIN = 20_000

/** `keys.json`: every key the log was signed under, oldest first. */
export function keysOf(origins: readonly { origin: string; vkey: string; receipt_vkey: string }[]): string {
  const lines = origins.map(({ origin, vkey, receipt_vkey: receipt }) => ({ origin, vkey, receipt }))
  return `${JSON.stringify(lines, null, 2)}\n`
}

/**
 * `checkpoints.jsonl`, ascending. Of a complete range: the edge it begins with, every kept checkpoint that ends within it, and the head
 * with the proof that the range is its beginning. Of picked entries: kept checkpoints and the head, each with its proof from the last.
 */
export async function checkpointsOf(
  db: Db,
  prover: Prover,
  head: ExportHead,
  scope: { kind: 'complete'; first: number; end: number } | { kind: 'picked' },
): Promise<string> {
  const base64 = (hashes: readonly Buffer[]) => hashes.map((hash) => hash.toString('base64'))
  const lines: { note: string; proof?: string[]; edge?: string[] }[] = []
  if (scope.kind === 'complete') {
    const kept = thin(await keptCheckpoints(db, scope.first, Math.min(scope.end, head.size - 1)), MOST_WITHIN)
    lines.push(...kept.map(({ note }) => ({ note })))
    const proof = scope.end < head.size && scope.end > 0 ? { proof: base64(await prover.consistency(scope.end)) } : {}
    lines.push({ note: head.note, ...proof })
    Object.assign(lines[0] ?? {}, { edge: base64(await prover.edge(scope.first)) })
  } else {
    const kept = thin(await keptCheckpoints(db, 0, head.size - 1), MOST_CHAINED)
    let before = 0
    for (const { size, note } of [...kept, head]) {
      lines.push({ note, ...(before > 0 && { proof: base64(await prover.consistency(before, size)) }) })
      before = size
    }
  }
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('')
}

/** At most so many of a list, evenly. */
function thin<T>(all: readonly T[], most: number): T[] {
  if (all.length <= most) return [...all]
  return Array.from({ length: most }, (_, i) => all[Math.floor((i * all.length) / most)]).filter(
    (one) => one !== undefined,
  )
}

export type BoundaryLine = {
  agent: string
  version: number
  digest: string
  /** the RFC 8785 text the digest is made of */
  canonical: string
  /** what the signer read */
  source: string
  /** who signed it, and when: also in the entry of the signature */
  signedBy: string | null
  signedAt: string | null
}

/** `boundaries.jsonl`: the versions that decisions name. */
export async function boundariesOf(
  db: Db,
  named: readonly { agent: string; version: number }[],
): Promise<BoundaryLine[]> {
  const found: BoundaryLine[] = []
  for (const { agent, version } of named) {
    const row = await versionOf(db, { id: agent, slug: '', ownerId: '', state: 'active' }, version)
    found.push({
      agent,
      version,
      digest: digestText(row.digest),
      canonical: boundaryBytes(row.document, row.source).toString('utf8'),
      source: row.source,
      signedBy: row.signedBy,
      signedAt: row.signedAt?.toISOString() ?? null,
    })
  }
  return found
}
