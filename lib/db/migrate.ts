import { createHash, randomUUID } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import pg from 'pg'
import { LOGINS, type Roles } from '@/lib/db/logins'
import { startError } from '@/lib/db/start-error'

/** The number Prisma's own engine locks while it migrates: `prisma migrate deploy` and a starting server exclude each other. */
const PRISMA_LOCK = 72707369

type Done = { migration_name: string; checksum: string; finished_at: Date | null; rolled_back_at: Date | null }
type Migration = { name: string; sql: string; checksum: string }

/**
 * Applies what is missing of `prisma/migrations`, as `prisma migrate deploy` does (same table, checksums and lock), and answers
 * the names it applied. Roles reach the SQL as settings of the session, `countersign.role_app` and so on: a migration
 * asks `current_setting('countersign.role_app')`, never the database's name, because a cloned database has another one.
 * Throws `migration_changed` when an applied file was edited, `migration_failed` when one breaks (nothing of it stays).
 */
export async function migrate(url: string, roles: Roles, folder: string): Promise<string[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await client.query('SELECT pg_advisory_lock($1)', [PRISMA_LOCK])
    for (const login of LOGINS)
      await client.query('SELECT set_config($1, $2, false)', [`countersign.role_${login}`, roles[login]])
    await client.query(HISTORY)
    const missing = compare(readMigrations(folder), (await client.query<Done>(APPLIED)).rows)
    for (const migration of missing) await apply(client, migration)
    return missing.map(({ name }) => name)
  } finally {
    await client.end()
  }
}

/** The migrations a database lacks, by name; for `/api/ready`. */
export async function missingMigrations(query: pg.Pool | pg.Client, folder: string): Promise<string[]> {
  const { rows } = await query.query<Done>(APPLIED)
  return compare(readMigrations(folder), rows).map(({ name }) => name)
}

const HISTORY = `CREATE TABLE IF NOT EXISTS "_prisma_migrations" (
  id varchar(36) PRIMARY KEY, checksum varchar(64) NOT NULL, finished_at timestamptz, migration_name varchar(255) NOT NULL,
  logs text, rolled_back_at timestamptz, started_at timestamptz NOT NULL DEFAULT now(),
  applied_steps_count integer NOT NULL DEFAULT 0)`
const APPLIED = 'SELECT migration_name, checksum, finished_at, rolled_back_at FROM "_prisma_migrations"'

function readMigrations(folder: string): Migration[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(path.join(folder, entry.name, 'migration.sql')))
    .map(({ name }) => {
      const sql = readFileSync(path.join(folder, name, 'migration.sql'), 'utf8')
      return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') }
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}

function compare(migrations: Migration[], rows: Done[]): Migration[] {
  const applied = new Map<string, string>()
  for (const row of rows) {
    if (row.rolled_back_at !== null) continue
    if (row.finished_at === null) {
      throw startError(
        'migration_failed',
        `The migration ${row.migration_name} broke off earlier: resolve it with prisma migrate resolve.`,
      )
    }
    applied.set(row.migration_name, row.checksum)
  }
  const changed = migrations.find(({ name, checksum }) => applied.has(name) && applied.get(name) !== checksum)
  if (changed !== undefined) {
    throw startError(
      'migration_changed',
      `The migration ${changed.name} was edited after this database applied it: restore the file, and write a new migration instead.`,
    )
  }
  return migrations.filter(({ name }) => !applied.has(name))
}

async function apply(client: pg.Client, migration: Migration): Promise<void> {
  try {
    await client.query('BEGIN')
    await client.query(migration.sql)
    await client.query(
      'INSERT INTO "_prisma_migrations" (id, checksum, migration_name, finished_at, applied_steps_count) VALUES ($1, $2, $3, clock_timestamp(), 1)',
      [randomUUID(), migration.checksum, migration.name],
    )
    await client.query('COMMIT')
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined)
    const { message, position } = error as Error & { position?: string }
    throw startError(
      'migration_failed',
      `The migration ${migration.name} failed${position === undefined ? '' : ` at character ${position}`}: ${message}`,
      error,
    )
  }
}
