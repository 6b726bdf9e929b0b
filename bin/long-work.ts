import { setTimeout as sleep } from 'node:timers/promises'
import { CountersignClient } from '../clients/sdk/client'
import type { RunStopped } from '../clients/sdk/run'

/** A program of the SDK for whole-server tests, in a process of its own: it works until it is stopped, and prints a line of JSON for what happens. */

const { SERVER: server = '', CLIENT_ID: clientId = '', CLIENT_SECRET: clientSecret = '' } = process.env
const say = (line: Record<string, unknown>) => process.stdout.write(`${JSON.stringify(line)}\n`)

const client = new CountersignClient({ server, clientId, clientSecret })
await client
  .run(
    async (run) => {
      say({ begun: run.id })
      await sleep(600_000, undefined, { signal: run.signal }).catch(async (error: unknown) => {
        say({ aborted: (error as Error & { cause?: RunStopped }).cause?.kind ?? 'by nobody' })
        // what takes a while to clean up is not stopped yet
        await sleep(300)
        say({ stopped: run.id })
        throw error
      })
    },
    { lease_seconds: 15 },
  )
  .then(
    () => say({ ended: 'by itself' }),
    (error: unknown) => say({ ended: (error as RunStopped).kind }),
  )
