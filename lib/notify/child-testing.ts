import { createInterface } from 'node:readline'
import { openPools } from '@/lib/db/pool'
import type { LoginUrls } from '@/lib/db/logins'
import { ledgerKeys } from '@/lib/ledger/keys'
import { openLedger } from '@/lib/ledger/start'
import { pool } from '@/lib/db/pool'
import { startStreams } from './follow'
import { testSender } from './notify-testing'

/** A process that does nothing but send, as a replica would: for the test that kills it. It is told what it needs on its first line. */
const [line] = await createInterface({ input: process.stdin })
  [Symbol.asyncIterator]()
  .next()
  .then(({ value }) => [String(value)])
const { urls, seeds, leaseMs } = JSON.parse(line ?? '') as {
  urls: LoginUrls
  seeds: Record<'checkpoint' | 'receipt' | 'payload' | 'commitment', string>
  leaseMs: number
}
const key = (name: keyof typeof seeds) => Buffer.from(seeds[name], 'hex')
openPools(urls, () => undefined)
await openLedger(
  pool('app'),
  ledgerKeys({
    checkpoint: key('checkpoint'),
    receipt: key('receipt'),
    payload: key('payload'),
    commitment: key('commitment'),
  }),
)
startStreams(testSender({ leaseMs }), (error) => {
  process.stderr.write(`${String(error)}\n`)
})
process.stdout.write('sending\n')
