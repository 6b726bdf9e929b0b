import { PrismaPg } from '@prisma/adapter-pg'
import type pg from 'pg'
import { PrismaClient, type Prisma } from '@/lib/db/generated/client'
import { pool } from '@/lib/db/pool'

/** What verbs and stores are given first: the client itself, or the transaction somebody opened for them. */
export type Db = Prisma.TransactionClient

/** A Prisma client over a pool that stays its maker's to close. */
export function clientOn(connections: pg.Pool): PrismaClient {
  return new PrismaClient({ adapter: new PrismaPg(connections) })
}

let made: { over: pg.Pool; client: PrismaClient } | undefined

/** The client of this half of the process, on the shared app pool. */
export function db(): PrismaClient {
  const over = pool('app')
  if (made?.over !== over) made = { over, client: clientOn(over) }
  return made.client
}

/**
 * Runs `work` in one transaction of the app login (read committed) and answers what it answers; a throw rolls everything
 * back. Never take the halt lock K inside (DESIGN §4): those verbs are given `db()` and make one call of their own.
 */
export function transaction<T>(work: (db: Db) => Promise<T>, client: PrismaClient = db()): Promise<T> {
  return client.$transaction(work, { maxWait: 5_000, timeout: 10_000 })
}
