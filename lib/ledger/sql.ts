import type pg from 'pg'
import type { Db } from '@/lib/db/client'

/** What the ledger's statements run on: the caller's Prisma transaction, or a connection of node-postgres. */
export type Sql = Db | pg.Pool | pg.ClientBase

/** A value as a statement takes it. */
export type SqlValue = string | number | Date | Buffer | null

/**
 * Runs one written-out statement with `$1` parameters. Statements cast what they are given and what they answer, since
 * the two drivers guess types differently: bigint as text, bytea as bytes, uuid and timestamptz as such.
 */
export async function query<Row>(sql: Sql, text: string, values: readonly SqlValue[] = []): Promise<Row[]> {
  if ('$queryRawUnsafe' in sql) return sql.$queryRawUnsafe<Row[]>(text, ...values)
  const { rows } = await sql.query<Row & pg.QueryResultRow>(text, [...values])
  return rows
}

/** The first row, or null. */
export async function queryOne<Row>(sql: Sql, text: string, values: readonly SqlValue[] = []): Promise<Row | null> {
  const [row] = await query<Row>(sql, text, values)
  return row ?? null
}
