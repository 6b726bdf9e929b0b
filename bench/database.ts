import path from 'node:path'
import pg from 'pg'
import { startEmbedded } from '@/lib/db/embedded'
import { ensureDatabase, ensureLogins, LOGINS, rolesOf, urlFor, type Login } from '@/lib/db/logins'
import { migrate } from '@/lib/db/migrate'
import { closePools, openPools } from '@/lib/db/pool'
import { installQueue } from '@/lib/db/queue'
import { keepSecrets } from '@/lib/db/secret-file'

export type BenchDatabase = { superuser: pg.Pool; urls: Record<Login, string>; stop: () => Promise<void> }

/** A migrated Postgres on a folder of its own, with the process's pools open on it; as durable as in production. */
export async function benchDatabase(root: string, folder: string): Promise<BenchDatabase> {
  const passwords = keepSecrets(path.join(folder, 'logins.json'), ['superuser', ...LOGINS])
  const server = await startEmbedded({ folder, password: passwords.superuser })
  const roles = rolesOf('countersign')
  const url = await ensureDatabase(server.url, 'countersign')
  await ensureLogins(url, roles, passwords)
  const urls = Object.fromEntries(
    LOGINS.map((login) => [login, urlFor(url, roles[login], passwords[login])]),
  ) as Record<Login, string>
  await installQueue(url, urls.jobs, roles.jobs)
  await migrate(urls.owner, roles, path.join(root, 'prisma/migrations'))
  openPools(urls, (name, error) => process.stderr.write(`${name}: ${error.message}\n`))
  const superuser = new pg.Pool({ connectionString: url, max: 4 })
  // the server ends before the last idle connection has heard that its pool did
  superuser.on('error', () => undefined)
  return {
    superuser,
    urls,
    stop: async () => {
      await superuser.end()
      await closePools()
      await server.stop()
    },
  }
}
