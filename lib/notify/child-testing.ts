import { createInterface } from 'node:readline'
import { openPools, pool } from '@/lib/db/pool'
import type { LoginUrls } from '@/lib/db/logins'
import { ledgerKeys } from '@/lib/ledger/keys'
import { openLedger } from '@/lib/ledger/start'
import { testSessions } from '@/lib/people/testing'
import { startStreams } from './follow'
import { testSender } from './notify-testing'
import { testMessenger } from './notifications-testing'
import { startNotifications } from './run-notifications'

/** What it sends: the entries of streams, or messages to people. */
export type Sends = 'entries' | 'messages'
type Told = {
  sends: Sends
  urls: LoginUrls
  seeds: Record<'checkpoint' | 'receipt' | 'payload' | 'commitment', string>
  leaseMs: number
}

/** A process that does nothing but send, as a replica would: for the tests that kill it. It is told what it needs on its first line. */
const [line] = await createInterface({ input: process.stdin })
  [Symbol.asyncIterator]()
  .next()
  .then(({ value }) => [String(value)])
const { sends, urls, seeds, leaseMs } = JSON.parse(line ?? '') as Told
const key = (name: keyof Told['seeds']) => Buffer.from(seeds[name], 'hex')
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
const onError = (error: unknown) => {
  process.stderr.write(`${String(error)}\n`)
}
if (sends === 'entries') startStreams(testSender({ leaseMs, timeoutMs: leaseMs / 3 }), onError)
else startNotifications(testMessenger({ leaseMs, timeoutMs: leaseMs / 2 }), onError)
process.stdout.write('sending\n')
