import { randomBytes } from 'node:crypto'
import type pg from 'pg'
import { append } from '@/lib/ledger/append'
import { verifierOf } from '@/lib/ledger/guard'
import { ledgerOf, useLedger, type Ledger } from '@/lib/ledger/handle'
import { currentKey, keysOfOrigin } from '@/lib/ledger/key-chain'
import { wrappingKeyId, type LedgerKeys } from '@/lib/ledger/keys'
import { vkeyOf } from '@/lib/ledger/note'
import { readKeyChain } from '@/lib/ledger/read-keys'
import { findOrigin, insertOrigin, otherWrappingKey } from '@/lib/ledger/store'

/** Why a ledger does not open. */
export interface LedgerRefusal {
  code: 'other_signing_keys' | 'other_payload_key'
  message: string
}

/**
 * Opens the ledger for this process: names the log on the very first start (its first entry says so), and on every other
 * one makes sure that the keys are the ones it has always used. A process with other keys would sign a log that nobody's
 * verifier knows, or seal what nobody can open.
 * @param connections the app's pool
 * @returns the ledger, set as the one of this process; or why not, as a sentence for the terminal
 */
export async function openLedger(connections: pg.Pool, keys: LedgerKeys): Promise<Ledger | LedgerRefusal> {
  const found = (await findOrigin(connections)) ?? (await nameLog(connections, keys))
  const own = ledgerOf(found.origin, keys)
  const chain = await readKeyChain(connections, verifierOf(own))
  const current = chain && currentKey(chain).vkey
  const known = chain && (chain.keys.length > 1 ? current : found.vkey)
  if (!chain || vkeyOf(own.checkpoint) !== known || vkeyOf(own.receipt) !== found.receipt_vkey) {
    return {
      code: 'other_signing_keys',
      message: `The ledger ${found.origin} was opened with other signing keys: restore the folder of keys that belongs to this database.`,
    }
  }
  const opened = ledgerOf(found.origin, keys, keysOfOrigin(chain))
  const other = await otherWrappingKey(connections, wrappingKeyId(keys.payload))
  if (other !== null) {
    return {
      code: 'other_payload_key',
      message: `Payloads in this database are sealed under another key (${other}): restore the folder of keys that belongs to it.`,
    }
  }
  useLedger(opened)
  return opened
}

async function nameLog(connections: pg.Pool, keys: LedgerKeys) {
  // Never derived from the address: links change, the name a verifier knows must not (DESIGN §3).
  const origin = `countersign/${randomBytes(12).toString('hex')}`
  const named = ledgerOf(origin, keys)
  const client = await connections.connect()
  try {
    await client.query('BEGIN')
    if (await insertOrigin(client, origin, vkeyOf(named.checkpoint), vkeyOf(named.receipt))) {
      await append(client, { kind: 'ledger.opened', actor: 'system' })
    }
    await client.query('COMMIT')
  } catch (error) {
    await client.query('ROLLBACK')
    throw error
  } finally {
    client.release()
  }
  const found = await findOrigin(connections)
  if (!found) throw new Error('The ledger could not be named.')
  return found
}
