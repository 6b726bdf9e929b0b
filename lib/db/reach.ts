import pg from 'pg'
import { startError, type StartError } from '@/lib/db/start-error'

const OLDEST = 15

/** Runs `work` on one connection to `url`. Whatever keeps it from connecting becomes a start error without a password in it. */
export async function reach<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 })
  client.on('error', () => undefined)
  try {
    await client.connect()
  } catch (error) {
    throw unreachable(url, error)
  }
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

/** Throws `database_too_old` below Postgres 15. */
export async function checkVersion(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ server_version_num: string }>('SHOW server_version_num')
  const major = Math.floor(Number(rows[0]?.server_version_num) / 10_000)
  if (major < OLDEST) {
    throw startError(
      'database_too_old',
      `The database is Postgres ${String(major)}; Countersign needs ${String(OLDEST)} or newer.`,
    )
  }
}

/** Where a URL leads, without its password: for messages. */
export function whereabouts(url: string): string {
  const { username, hostname, port, pathname } = new URL(url)
  return `${decodeURIComponent(username)}@${hostname}:${port === '' ? '5432' : port}${decodeURIComponent(pathname)}`
}

function unreachable(url: string, error: unknown): StartError {
  const { code = '', message } = error as Error & { code?: string }
  const where = whereabouts(url)
  switch (code) {
    case '28P01':
      return startError('database_refused', `The password for ${where} is wrong.`, error)
    case '28000':
      return startError('database_refused', `The database refuses ${where}: ${message}.`, error)
    case '3D000':
      return startError('database_missing', `The server has no such database: ${where}. Create it first.`, error)
    default:
      return startError(
        'database_unreachable',
        `The database at ${where} does not answer (${code === '' ? message : code}).`,
        error,
      )
  }
}
