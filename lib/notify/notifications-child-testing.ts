import { createInterface } from 'node:readline'
import type { LoginUrls } from '@/lib/db/logins'
import { openPools, pool } from '@/lib/db/pool'
import { ledgerKeys } from '@/lib/ledger/keys'
import { openLedger } from '@/lib/ledger/start'
import { testSessions } from '@/lib/people/testing'
import { testMessenger } from './notifications-testing'
import { startNotifications } from './run-notifications'

/** A process that does nothing but send messages, as a replica would: for the test that kills it. It is told what it needs on its first line. */
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
testSessions()
await openLedger(
  pool('app'),
  ledgerKeys({
    checkpoint: key('checkpoint'),
    receipt: key('receipt'),
    payload: key('payload'),
    commitment: key('commitment'),
  }),
)
startNotifications(testMessenger({ leaseMs }), (error) => {
  process.stderr.write(`${String(error)}\n`)
})
process.stdout.write('sending\n')
