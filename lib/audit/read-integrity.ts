import { publicId } from '@/lib/core/ids'
import type { Db } from '@/lib/db/client'
import { pool } from '@/lib/db/pool'
import { verifierOf } from '@/lib/ledger/guard'
import { ledger } from '@/lib/ledger/handle'
import { readHolders } from '@/lib/ledger/holders'
import { keyChain } from '@/lib/ledger/key-chain'
import { parseVkey, vkeyOf } from '@/lib/ledger/note'
import { ledgerStatus } from '@/lib/ledger/read'
import { readSuccessions } from '@/lib/ledger/read-keys'
import { FAULTS } from '@/lib/ledger/soundness'
import { lastVerification } from '@/lib/ledger/verification'
import { verifyLedger } from '@/lib/ledger/verify'
import { MOST_WALKED, type Integrity, type LastWalk, type SigningKey, type Walk } from './integrity'

/** Where the log stands. `walk` has every entry checked again from its bytes, up to as many as a page may. */
export async function readIntegrity(db: Db, { walk }: { walk: boolean }): Promise<Integrity> {
  const status = await ledgerStatus(db)
  return {
    origin: status.origin,
    // this install's own keys: what the database says of them is part of what is judged
    vkey: vkeyOf(ledger().checkpoint),
    receiptVkey: vkeyOf(ledger().receipt),
    size: status.size,
    root: status.root?.toString('hex') ?? null,
    checkpoint: status.checkpoint,
    signedAt: status.signedAt?.toISOString() ?? null,
    waiting: status.waiting,
    waitingSince: status.waitingSince?.toISOString() ?? null,
    quarantined: status.quarantined,
    keys: await readSigningKeys(db),
    holders: (await readHolders(db)).map(({ kind, name, size, heldAt, failure }) => ({
      ...{ kind, name, size, failure },
      heldAt: heldAt?.toISOString() ?? null,
    })),
    walk: walk ? await walkAll(status.size) : null,
    last: await readLast(db),
  }
}

async function readLast(db: Db): Promise<LastWalk | null> {
  const last = await lastVerification(db)
  if (!last) return null
  const { beganAt, endedAt, size, checkpoints, erased, finding } = last
  return {
    ...{ size, checkpoints, erased },
    beganAt: beganAt.toISOString(),
    endedAt: endedAt.toISOString(),
    finding: finding && {
      words: finding.words,
      index: finding.index,
      entry: finding.entryId === null ? null : publicId('entry', finding.entryId),
    },
  }
}

/** Every key of the log with its range, the newest first, from this install's own; that one alone where they do not hang together. */
async function readSigningKeys(db: Db): Promise<SigningKey[]> {
  const own = verifierOf(ledger())
  const successions = await readSuccessions(db)
  const chain = keyChain(own, successions)
  if (!chain)
    return [{ vkey: vkeyOf(ledger().checkpoint), from: 0, until: null, since: null, ended: null, entry: null }]
  const keys = chain.keys.map(({ vkey, from, until }, i) => ({
    vkey,
    from: Number.isFinite(from) ? from : null,
    until,
    since: successions[i - 1]?.entry?.time ?? null,
    ended: successions[i]?.entry?.time ?? null,
    entry: successions[i - 1]?.index ?? null,
  }))
  return keys.reverse()
}

/** Walks the log with this install's own key, never with one that stands in the database it judges. */
async function walkAll(size: number): Promise<Walk> {
  if (size > MOST_WALKED) return { state: 'too_long', most: MOST_WALKED }
  const verifier = parseVkey(vkeyOf(ledger().checkpoint))
  if (!verifier) throw new Error('The ledger’s own key cannot be read.')
  const client = await pool('app').connect()
  const began = performance.now()
  try {
    const verdict = await verifyLedger({ client, verifier, keys: ledger().keys })
    if (!verdict.whole) {
      return {
        state: 'broken',
        words: FAULTS[verdict.fault],
        index: verdict.idx,
        entry: verdict.entryId === null ? null : publicId('entry', verdict.entryId),
      }
    }
    const { size: walked, erased, checkpoints } = verdict
    return { state: 'whole', size: walked, erased, checkpoints, tookMs: performance.now() - began }
  } finally {
    client.release()
  }
}
