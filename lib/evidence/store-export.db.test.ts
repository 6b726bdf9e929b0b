import { expect, it } from 'vitest'
import { db } from '@/lib/db/client'
import { testDatabase } from '@/lib/db/testing'
import { testLedger } from '@/lib/ledger/testing'
import { keptCheckpoints } from './store-export'

const { pools } = await testDatabase()
await testLedger({ pools })

it('kept checkpoints come by their size as a number, each size once', async () => {
  for (const size of [100, 9, 10, 2])
    await pools.superuser.query('INSERT INTO ledger.checkpoint (origin_n, size, root, note) VALUES (1, $1, $2, $3)', [
      size,
      Buffer.alloc(32),
      `over ${size}`,
    ])
  expect((await keptCheckpoints(db(), 2, 100)).map(({ size }) => size)).toEqual([9, 10, 100])
})
