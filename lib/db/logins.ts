import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { scramVerifier } from '@/lib/db/scram'
import { startError } from '@/lib/db/start-error'

/**
 * The logins of one database (DESIGN §3, §5): `owner` migrates and owns the tables, `app` serves, `sequencer` integrates the
 * ledger, `jobs` owns the job queue. Their roles are `<database>_<login>`, because roles belong to the whole cluster.
 */
export const LOGINS = ['owner', 'app', 'sequencer', 'jobs'] as const
export type Login = (typeof LOGINS)[number]

/** The role's name of each login. */
export type Roles = Readonly<Record<Login, string>>
/** A connection URL for each login. */
export type LoginUrls = Readonly<Record<Login, string>>

/** The schema graphile-worker keeps its queue in; its login must own it, or it silently runs nothing. */
export const JOBS_SCHEMA = 'graphile_worker'

/** The roles of a database. Throws `setting_invalid` when the name leaves no room (Postgres cuts names at 63 bytes). */
export function rolesOf(database: string): Roles {
  if (Buffer.byteLength(database) > 50)
    throw startError('setting_invalid', `The database name ${database} is too long: use at most 50 bytes.`)
  return {
    owner: `${database}_owner`,
    app: `${database}_app`,
    sequencer: `${database}_sequencer`,
    jobs: `${database}_jobs`,
  }
}

/** The same database through another login. */
export function urlFor(url: string, user: string, password: string): string {
  const next = new URL(url)
  next.username = encodeURIComponent(user)
  next.password = encodeURIComponent(password)
  return next.href
}

/** Makes the database when it is missing. `adminUrl` may create databases; the answer is its URL in the new one. */
export async function ensureDatabase(adminUrl: string, database: string): Promise<string> {
  const client = new pg.Client({ connectionString: adminUrl })
  await client.connect()
  try {
    const found = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [database])
    if (found.rowCount === 0) await client.query(`CREATE DATABASE ${pg.escapeIdentifier(database)}`)
  } finally {
    await client.end()
  }
  const url = new URL(adminUrl)
  url.pathname = `/${encodeURIComponent(database)}`
  return url.href
}

/** Whether this login may make roles; without it the logins cannot be separated (`ALLOW_UNSEPARATED`). */
export async function mayMakeRoles(client: pg.Client): Promise<boolean> {
  const answer = await client.query<{ may: boolean }>(
    'SELECT rolsuper OR rolcreaterole AS may FROM pg_roles WHERE rolname = current_user',
  )
  return answer.rows[0]?.may === true
}

/**
 * Makes the given logins in the database that `adminUrl` names, or brings their passwords up to date; running it again
 * changes nothing. Outside the migrations, since those may not make roles.
 */
export async function ensureLogins(
  adminUrl: string,
  roles: Roles,
  passwords: Readonly<Partial<Record<Login, string>>>,
): Promise<void> {
  const client = new pg.Client({ connectionString: adminUrl })
  await client.connect()
  try {
    // Two replicas starting at once: one makes the roles, the other finds them.
    await client.query("SELECT pg_advisory_lock(hashtextextended('countersign logins', 0))")
    for (const login of LOGINS) {
      const password = passwords[login]
      if (password !== undefined) await ensureRole(client, adminUrl, roles[login], password)
    }
    await grantBasics(client, roles)
  } finally {
    await client.end()
  }
}

async function ensureRole(client: pg.Client, adminUrl: string, role: string, password: string): Promise<void> {
  const found = await client.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [role])
  if (found.rowCount === 0) {
    await client.query(
      `CREATE ROLE ${pg.escapeIdentifier(role)} LOGIN NOINHERIT PASSWORD '${scramVerifier(password, randomBytes(16))}'`,
    )
    return
  }
  if (await opens(urlFor(adminUrl, role, password))) return
  await client.query(
    `ALTER ROLE ${pg.escapeIdentifier(role)} LOGIN PASSWORD '${scramVerifier(password, randomBytes(16))}'`,
  )
}

/** Connecting is the one way to ask whether a password still holds: nobody may read it back. */
async function opens(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url })
  try {
    await client.connect()
    return true
  } catch {
    return false
  } finally {
    await client.end()
  }
}

async function grantBasics(client: pg.Client, roles: Roles): Promise<void> {
  const named = await client.query<{ name: string }>('SELECT current_database() AS name')
  const database = pg.escapeIdentifier(named.rows[0]?.name ?? '')
  const [owner, app, sequencer, jobs] = LOGINS.map((login) => pg.escapeIdentifier(roles[login]))
  await client.query(`GRANT ALL ON DATABASE ${database} TO ${owner}`)
  await client.query(`GRANT CONNECT ON DATABASE ${database} TO ${app}, ${sequencer}, ${jobs}`)
  await client.query(`GRANT ALL ON SCHEMA public TO ${owner}`)
  const queue = await client.query('SELECT 1 FROM pg_namespace WHERE nspname = $1', [JOBS_SCHEMA])
  if (queue.rowCount !== 0) return
  // Only a member of a role may give it a schema.
  await client.query(`GRANT ${jobs} TO CURRENT_USER`)
  await client.query(`CREATE SCHEMA ${JOBS_SCHEMA} AUTHORIZATION ${jobs}`)
}
