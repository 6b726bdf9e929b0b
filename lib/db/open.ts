import { createHmac } from 'node:crypto'
import path from 'node:path'
import pg from 'pg'
import { startEmbedded } from '@/lib/db/embedded'
import type { DatabaseSettings } from '@/lib/db/env'
import {
  ensureDatabase,
  ensureLogins,
  LOGINS,
  mayMakeRoles,
  rolesOf,
  urlFor,
  type Login,
  type LoginUrls,
  type Roles,
} from '@/lib/db/logins'
import { installQueue } from '@/lib/db/queue'
import { checkVersion, reach, whereabouts } from '@/lib/db/reach'
import { keepSecrets } from '@/lib/db/secret-file'
import { startError } from '@/lib/db/start-error'

export type OpenDatabase = {
  /** `direct`: the app's login past a transaction pooler. */
  urls: LoginUrls & { direct: string }
  roles: Roles
  /** False only with ALLOW_UNSEPARATED=1: one login does everything, and the integrity page says so (DESIGN §3). */
  separated: boolean
  /** For the terminal: which Postgres this is. */
  description: string
  stop: () => Promise<void>
}

const NAME = 'countersign'

/**
 * The database of this process, up and with its logins: the embedded one in `dataFolder`, or the one the settings name.
 * Throws start errors.
 */
export function openDatabase(settings: DatabaseSettings, dataFolder: string): Promise<OpenDatabase> {
  return settings.url === null ? openEmbedded(dataFolder) : openGiven({ ...settings, url: settings.url })
}

async function openEmbedded(dataFolder: string): Promise<OpenDatabase> {
  const passwords = keepSecrets(path.join(dataFolder, 'logins.json'), ['superuser', ...LOGINS])
  const server = await startEmbedded({ folder: dataFolder, password: passwords.superuser })
  let lock: pg.Client | undefined
  try {
    lock = await lockData(server.url, dataFolder)
    const url = await ensureDatabase(server.url, NAME)
    const roles = rolesOf(NAME)
    await ensureLogins(url, roles, passwords)
    const urls = mapLogins((login) => urlFor(url, roles[login], passwords[login]))
    await installQueue(url, urls.jobs, roles.jobs)
    const held = lock
    return {
      urls: { ...urls, direct: urls.app },
      roles,
      separated: true,
      description: `embedded Postgres on 127.0.0.1:${String(server.port)}${server.reused ? ', left running by a process that died' : ''}`,
      stop: async () => {
        await held.end()
        await server.stop()
      },
    }
  } catch (error) {
    await lock?.end()
    // Another start uses it: it is not ours to stop.
    if ((error as { code?: string }).code !== 'data_in_use') await server.stop()
    throw error
  }
}

/** One start at a time on one data folder. The lock is a session's, so that a crash, even kill -9, leaves nothing behind. */
async function lockData(url: string, dataFolder: string): Promise<pg.Client> {
  const client = new pg.Client({
    connectionString: url,
    application_name: `countersign process ${String(process.pid)}`,
    keepAlive: true,
  })
  client.on('error', () => undefined)
  await client.connect()
  const { rows } = await client.query<{ got: boolean }>(
    "SELECT pg_try_advisory_lock(hashtextextended('countersign start', 0)) AS got",
  )
  if (rows[0]?.got === true) return client
  const holder = await client.query<{ name: string }>(
    `SELECT application_name AS name FROM pg_stat_activity WHERE pid IN (SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted)`,
  )
  await client.end()
  throw startError(
    'data_in_use',
    `Countersign already runs on ${dataFolder} (${holder.rows[0]?.name ?? 'another process'}): stop it, or set COUNTERSIGN_DATA to another folder.`,
  )
}

type Given = DatabaseSettings & { url: string }

async function openGiven(settings: Given): Promise<OpenDatabase> {
  const admin = settings.owner ?? settings.direct ?? settings.url
  const facts = await reach(admin, async (client) => {
    await checkVersion(client)
    const { rows } = await client.query<{ name: string }>('SELECT current_database() AS name')
    return { database: rows[0]?.name ?? '', mayMakeRoles: await mayMakeRoles(client) }
  })
  const user = decodeURIComponent(new URL(admin).username)
  const roles = { ...rolesOf(facts.database), ...givenRoles(settings) }
  const given: Partial<Record<Login, string>> = {
    ...(settings.owner !== null && { owner: settings.owner, app: settings.url }),
    ...(settings.sequencer !== null && { sequencer: settings.sequencer }),
    ...(settings.jobs !== null && { jobs: settings.jobs }),
  }
  const missing = LOGINS.filter((login) => given[login] === undefined)
  const description = `Postgres at ${whereabouts(settings.url)}`
  const stop = () => Promise.resolve()
  if (missing.length > 0 && !facts.mayMakeRoles) {
    if (!settings.allowUnseparated) throw startError('logins_not_separate', mayNot(user, missing))
    const urls = mapLogins((login) => given[login] ?? (login === 'app' ? settings.url : admin))
    return {
      urls: { ...urls, direct: past(settings, urls.app) },
      roles: mapLogins((login) => decodeURIComponent(new URL(urls[login]).username)),
      separated: false,
      description,
      stop,
    }
  }
  const passwords = Object.fromEntries(missing.map((login) => [login, derivedPassword(admin, roles[login])]))
  // What migrates, listens and runs jobs goes past a pooler; what serves goes through it.
  const base = (login: Login) => (login === 'app' ? settings.url : (settings.direct ?? settings.url))
  const urls = mapLogins((login) => given[login] ?? urlFor(base(login), roles[login], passwords[login] ?? ''))
  try {
    await ensureLogins(admin, roles, passwords)
    await installQueue(admin, urls.jobs, roles.jobs)
  } catch (error) {
    if ((error as { code?: string }).code !== INSUFFICIENT_PRIVILEGE) throw error
    throw startError(
      'logins_not_separate',
      `${user} may not set up the other logins: ${(error as Error).message}. It needs CREATEROLE and to own the database.`,
      error,
    )
  }
  return { urls: { ...urls, direct: past(settings, urls.app) }, roles, separated: true, description, stop }
}

const INSUFFICIENT_PRIVILEGE = '42501'

/** The same login, on the address that goes past the pooler where one is given. */
function past({ direct }: Given, url: string): string {
  const { username, password } = new URL(url)
  return direct === null ? url : urlFor(direct, decodeURIComponent(username), decodeURIComponent(password))
}

function givenRoles(settings: Given): Partial<Record<Login, string>> {
  const user = (url: string) => decodeURIComponent(new URL(url).username)
  return {
    ...(settings.owner !== null && { owner: user(settings.owner), app: user(settings.url) }),
    ...(settings.sequencer !== null && { sequencer: user(settings.sequencer) }),
    ...(settings.jobs !== null && { jobs: user(settings.jobs) }),
  }
}

/** The same for every replica that was given the same URL, and nothing to keep on any of their disks. */
function derivedPassword(adminUrl: string, role: string): string {
  const secret = decodeURIComponent(new URL(adminUrl).password)
  if (secret === '')
    throw startError(
      'setting_invalid',
      `${whereabouts(adminUrl)} has no password to derive those of the other logins from: give DATABASE_URL, DATABASE_OWNER_URL, DATABASE_SEQUENCER_URL and DATABASE_JOBS_URL.`,
    )
  return createHmac('sha256', secret).update(`countersign login ${role}`).digest('base64url')
}

function mayNot(user: string, missing: Login[]): string {
  return `${user} may not make the logins Countersign keeps apart (${missing.join(', ')}): let it (ALTER ROLE ${user} CREATEROLE), give them by DATABASE_OWNER_URL, DATABASE_SEQUENCER_URL and DATABASE_JOBS_URL, or accept one login for everything with ALLOW_UNSEPARATED=1.`
}

function mapLogins<T>(value: (login: Login) => T): Record<Login, T> {
  return { owner: value('owner'), app: value('app'), sequencer: value('sequencer'), jobs: value('jobs') }
}
