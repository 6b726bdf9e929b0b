import { openCheckpoint, parseCheckpoint } from '@/lib/ledger/checkpoint'
import { ledger } from '@/lib/ledger/handle'
import { verifyInclusion } from '@/lib/ledger/merkle'
import { parseVkey, vkeyOf } from '@/lib/ledger/note'
import { entryAt, ledgerStatus, proofOf } from '@/lib/ledger/read'
import { queryOne, type Sql } from '@/lib/ledger/sql'
import type { Proof } from './proof'

/**
 * Proves one entry again: the hash of its bytes as they are stored now, the way from there to the root of the newest signed
 * checkpoint, and that checkpoint's signature under this install's own key. Null while no checkpoint covers the entry.
 */
export async function proveEntry(sql: Sql, index: number): Promise<Proof | null> {
  const [stored, proof, status] = [await entryAt(sql, index), await proofOf(sql, index), await ledgerStatus(sql)]
  if (!stored || !proof) return null
  const vkey = vkeyOf(ledger().checkpoint)
  const verifier = parseVkey(vkey)
  const opened = verifier ? openCheckpoint(proof.checkpoint, verifier) : null
  const said = parseCheckpoint(proof.checkpoint.slice(0, proof.checkpoint.lastIndexOf('\n\n') + 1))
  const built = await leafInTree(sql, index)
  return {
    index,
    leaf: { computed: stored.leaf.toString('hex'), stored: built, holds: stored.leaf.toString('hex') === built },
    inclusion: {
      size: proof.size,
      hashes: proof.path.map((hash) => hash.toString('hex')),
      root: said?.root.toString('hex') ?? '',
      missing: proof.missing,
      holds:
        said !== null &&
        proof.missing === null &&
        verifyInclusion(index, proof.size, stored.leaf, proof.path, said.root),
    },
    checkpoint: {
      origin: ledger().origin,
      vkey,
      note: proof.checkpoint,
      signedAt: status.signedAt?.toISOString() ?? null,
      holds: opened?.ok === true,
    },
  }
}

/** The leaf hash over which the tree was built, from its tile: what the entry's bytes are compared with. */
async function leafInTree(sql: Sql, index: number): Promise<string> {
  const row = await queryOne<{ leaf: string }>(
    sql,
    `SELECT encode(substr(hashes, $2::int * 32 + 1, 32), 'hex') AS leaf FROM ledger.tile WHERE level = 0 AND n = $1::bigint`,
    [Math.floor(index / 256), index % 256],
  )
  return row?.leaf ?? ''
}
