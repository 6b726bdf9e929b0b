import { boundaryBytes } from '@/lib/boundary/digest'
import { versionOf } from '@/lib/boundary/read'
import { digestText } from '@/lib/core/digest-text'
import type { Db } from '@/lib/db/client'
import { ledger } from '@/lib/ledger/handle'
import { openUnderChain } from '@/lib/ledger/key-chain'
import { parseVkey, vkeyOf } from '@/lib/ledger/note'
import { readKeyChain, readSuccessions } from '@/lib/ledger/read-keys'
import { successionNote } from '@/lib/ledger/succession'
import type { Prover } from '@/lib/ledger/read-proofs'
import type { ExportHead } from './begin-export'
import { keptCheckpoints, listOrigins } from './store-export'

/** Kept checkpoints of a picked bundle that are proven one after the other; in a complete one the leaves prove them. */
const MOST_CHAINED = 200
const MOST_WITHIN = 20_000

/**
 * `keys.json`: every key the log was signed under up to a size, oldest first, each later one with the note by which the one before
 * handed over (lib/ledger/succession.ts).
 */
export async function keysOf(db: Db, size: number): Promise<string> {
  const receipts = new Map((await listOrigins(db)).map(({ origin, receipt_vkey: receipt }) => [origin, receipt]))
  const line = (vkey: string, handover?: string) => {
    const origin = vkey.slice(0, vkey.indexOf('+'))
    return { origin, vkey, receipt: receipts.get(origin) ?? '', ...(handover !== undefined && { handover }) }
  }
  const passed = (await readSuccessions(db)).filter(({ index }) => index !== null && index < size)
  const handed = passed.flatMap(({ entry }) => {
    const note = entry && successionNote(entry)
    return note && entry.succession ? [line(entry.succession.new, note)] : []
  })
  const first = passed[0]?.entry?.succession?.old ?? vkeyOf(ledger().checkpoint)
  return `${JSON.stringify([line(first), ...handed], null, 2)}\n`
}

/** The kept checkpoints that are of the log as it is: one under an earlier name may cover what was lost since. */
async function kept(db: Db, after: number, upTo: number): Promise<{ size: number; note: string }[]> {
  const known = parseVkey(vkeyOf(ledger().checkpoint))
  const chain = known && (await readKeyChain(db, known))
  const all = await keptCheckpoints(db, after, upTo)
  return all.filter(({ note }) => chain && openUnderChain(note, chain)?.lost === false)
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
    const within = thin(await kept(db, scope.first, Math.min(scope.end, head.size - 1)), MOST_WITHIN)
    lines.push(...within.map(({ note }) => ({ note })))
    const proof = scope.end < head.size && scope.end > 0 ? { proof: base64(await prover.consistency(scope.end)) } : {}
    lines.push({ note: head.note, ...proof })
    Object.assign(lines[0] ?? {}, { edge: base64(await prover.edge(scope.first)) })
  } else {
    const chained = thin(await kept(db, 0, head.size - 1), MOST_CHAINED)
    let before = 0
    for (const { size, note } of [...chained, head]) {
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
