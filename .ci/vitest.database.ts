import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { TestProject } from 'vitest/node'
import { startEmbedded } from '@/lib/db/embedded'
import { stopPostmaster } from '@/lib/db/embedded-process'
import { ensureDatabase, ensureLogins, LOGINS, rolesOf, urlFor, type Login } from '@/lib/db/logins'
import { migrate } from '@/lib/db/migrate'
import { installQueue } from '@/lib/db/queue'
import type {} from '@/lib/db/testing'

const TEMPLATE = 'countersign'
const PREFIX = 'countersign-test-'

/** One Postgres for the run, on a folder of its own, and a migrated template that every test file clones. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const root = path.resolve(import.meta.dirname, '..')
  execFileSync(process.execPath, [path.join(root, 'bin/generate.mjs')], { cwd: root, stdio: 'inherit' })
  await sweep()
  const folder = mkdtempSync(path.join(tmpdir(), `${PREFIX}${process.pid}-`))
  const secret = () => randomBytes(18).toString('base64url')
  // Nothing here has to survive a power cut; everything else is as in production.
  const settings = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', max_connections: '400' }
  const server = await startEmbedded({ folder, password: secret(), settings })
  const stop = async () => {
    await server.stop()
    rmSync(folder, { recursive: true, force: true })
  }
  try {
    const roles = rolesOf(TEMPLATE)
    const passwords = Object.fromEntries(LOGINS.map((login) => [login, secret()])) as Record<Login, string>
    const url = await ensureDatabase(server.url, TEMPLATE)
    await ensureLogins(url, roles, passwords)
    await installQueue(url, urlFor(url, roles.jobs, passwords.jobs), roles.jobs)
    await migrate(urlFor(url, roles.owner, passwords.owner), roles, path.join(root, 'prisma/migrations'))
    project.provide('cluster', { superuserUrl: server.url, template: TEMPLATE, roles, passwords })
  } catch (error) {
    await stop()
    throw error
  }
  return stop
}

/** A run that was killed could not stop its Postgres: the next one does. */
async function sweep(): Promise<void> {
  for (const name of readdirSync(tmpdir()).filter((entry) => entry.startsWith(PREFIX))) {
    const pid = Number(name.slice(PREFIX.length).split('-')[0])
    if (!Number.isInteger(pid) || existsSync(`/proc/${pid}`) || !existsSync('/proc/self')) continue
    const folder = path.join(tmpdir(), name)
    await stopPostmaster(path.join(folder, 'postgres'))
    rmSync(folder, { recursive: true, force: true })
  }
}
