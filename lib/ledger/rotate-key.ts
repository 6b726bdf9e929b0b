import type { KeyObject } from 'node:crypto'
import type pg from 'pg'
import { newId } from '@/lib/core/ids'
import { encodeEntry, type EntryFacts } from '@/lib/ledger/entry'
import type { Ledger } from '@/lib/ledger/handle'
import { noteSigner, vkeyOf, type NoteSigner } from '@/lib/ledger/note'
import type { Released } from '@/lib/ledger/released'
import { insertSuccession } from '@/lib/ledger/store-succession'
import { signSuccession } from '@/lib/ledger/succession'

/**
 * Records that another key signs from here on: an entry with both keys and both signatures, and where to find it. The head is locked
 * meanwhile, so that no sequencer signs with the old key over the entry. The first checkpoint after it is the new key's.
 * @param owner a connection of the tables' owner; no other login may
 * @returns the new verifier key
 */
export async function rotateKey(owner: pg.ClientBase, ledger: Ledger, key: KeyObject): Promise<string> {
  const to = noteSigner(ledger.origin, key)
  const id = newId()
  const succession = signSuccession(id, ledger.checkpoint, to)
  await inTransaction(owner, () =>
    recordSuccession(owner, id, { kind: 'ledger.key_rotated', actor: 'system', succession }),
  )
  return vkeyOf(to)
}

/**
 * Records that the log goes on under another name, without what its last checkpoint covered and the database lost: the entry names
 * that checkpoint, so that nobody can say that it never was. Everything that is left stays where it is.
 * @param lost the last checkpoint let out under the old name, as its holder has it
 * @returns the new name and its verifier key
 */
export async function continueLog(
  owner: pg.ClientBase,
  ledger: Ledger,
  lost: Released,
  signature: Buffer,
): Promise<{ origin: string; vkey: string }> {
  const { rows } = await owner.query<{ n: number }>('SELECT max(n)::int AS n FROM ledger.origin')
  const n = (rows[0]?.n ?? 0) + 1
  const origin = `${ledger.origin.replace(/\/[0-9]+$/, '')}/${n}`
  const [to, receipt] = [
    noteSigner(origin, ledger.keys.checkpoint),
    noteSigner(`${origin}/receipt`, ledger.keys.receipt),
  ]
  const id = newId()
  const succession = signSuccession(id, ledger.checkpoint, to, { ...lost, signature })
  await inTransaction(owner, async () => {
    await recordSuccession(owner, id, { kind: 'ledger.continued', actor: 'system', succession })
    await owner.query(
      'INSERT INTO ledger.origin (n, origin, vkey, receipt_vkey, previous) VALUES ($1, $2, $3, $4, $5)',
      [n, origin, vkeyOf(to), vkeyOf(receipt), lost.note],
    )
  })
  return { origin, vkey: vkeyOf(to) }
}

/** The 64 bytes by which a signer signed a note; null when it did not. Its signature was checked when the note was opened. */
export function signatureIn(note: string, { name, keyId }: Pick<NoteSigner, 'name' | 'keyId'>): Buffer | null {
  for (const line of note.slice(note.lastIndexOf('\n\n') + 2).split('\n')) {
    const [, who, encoded] = line.split(' ')
    const bytes = Buffer.from(encoded ?? '', 'base64')
    if (who === name && bytes.length === 68 && bytes.subarray(0, 4).equals(keyId)) return bytes.subarray(4)
  }
  return null
}

async function recordSuccession(owner: pg.ClientBase, id: string, facts: EntryFacts): Promise<void> {
  if (!facts.succession) throw new TypeError('a succession is what this records')
  await owner.query('SELECT FROM ledger.tree_head WHERE id = 1 FOR UPDATE')
  await insertSuccession(owner, { id, envelope: encodeEntry({ ...facts, id }) }, facts.succession)
}

async function inTransaction(client: pg.ClientBase, work: () => Promise<void>): Promise<void> {
  await client.query('BEGIN')
  try {
    await work()
    await client.query('COMMIT')
  } catch (error) {
    await client.query('ROLLBACK')
    throw error
  }
}
