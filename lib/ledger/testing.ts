import { randomBytes } from 'node:crypto'
import type pg from 'pg'
import type { Ledger } from '@/lib/ledger/handle'
import { ledgerKeys } from '@/lib/ledger/keys'
import { openLedger } from '@/lib/ledger/start'

/** Opens the ledger of a test database with keys of its own and makes it the process's: for the tests of every room. */
export async function testLedger(database: { pools: { app: pg.Pool } }): Promise<Ledger> {
  const [checkpoint, receipt, payload, commitment] = [1, 2, 3, 4].map(() => randomBytes(32)) as [
    Buffer,
    Buffer,
    Buffer,
    Buffer,
  ]
  const opened = await openLedger(database.pools.app, ledgerKeys({ checkpoint, receipt, payload, commitment }))
  if ('message' in opened) throw new Error(opened.message)
  return opened
}
