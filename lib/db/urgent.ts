import type pg from 'pg'
import { clientOn, db } from '@/lib/db/client'
import type { PrismaClient } from '@/lib/db/generated/client'
import { pool } from '@/lib/db/pool'

/** How long somebody who wants to stop agents waits for an ordinary connection, in milliseconds. */
const PATIENCE_MS = 400

let made: { over: pg.Pool; client: PrismaClient } | undefined

/** The client over the reserved connections: for halts, and for knowing who engages one. */
export function reservedDb(): PrismaClient {
  const over = pool('reserved')
  if (made?.over !== over) made = { over, client: clientOn(over) }
  return made.client
}

/**
 * The ordinary client, or the one over the reserved connections while no ordinary one can be had: for whoever is about to engage a halt,
 * and has to be known first.
 */
export async function urgentDb(): Promise<PrismaClient> {
  return (await ordinaryAnswers()) ? db() : reservedDb()
}

let signingIn: Promise<unknown> = Promise.resolve()

/**
 * Runs what somebody without a session asks for (signing in) as `urgentDb` would. On the reserved connections one at a time, in the order
 * they came: however many strangers try, the others stay free for halts.
 */
export async function urgently<T>(work: (client: PrismaClient) => Promise<T>): Promise<T> {
  if (await ordinaryAnswers()) return work(db())
  const turn = signingIn.then(() => work(reservedDb()))
  signingIn = turn.catch(() => undefined)
  return turn
}

/** Whether an ordinary connection is free now or soon. */
async function ordinaryAnswers(): Promise<boolean> {
  const app = pool('app')
  if (app.idleCount > 0 && app.waitingCount === 0) return true
  const connecting = app.connect().then(
    (client) => {
      client.release()
      return true
    },
    () => false,
  )
  const waited = new Promise<false>((resolve) => {
    setTimeout(resolve, PATIENCE_MS, false).unref()
  })
  return Promise.race([connecting, waited])
}
