import path from 'node:path'
import type { AddressInfo } from 'node:net'
import type { FastifyInstance } from 'fastify'
import next from 'next'
import { beginClosing } from '@/lib/core/closing'
import { readDatabaseSettings } from '@/lib/db/env'
import { migrate } from '@/lib/db/migrate'
import { openDatabase } from '@/lib/db/open'
import { db } from '@/lib/db/client'
import { closePools, openPools, pool } from '@/lib/db/pool'
import { refusePowerfulLogin } from '@/lib/db/separation'
import { startError } from '@/lib/db/start-error'
import { buildApp } from '@/lib/gateway/server/app'
import { openAssets } from '@/lib/gateway/server/assets'
import { startBackground } from '@/lib/gateway/server/background'
import { openLedgerOf } from '@/lib/gateway/server/ledger'
import { checkClock, checkMigrations, checkPartitions, checkSequencer } from '@/lib/gateway/server/readiness'
import { readSettings, type Settings } from '@/lib/gateway/server/settings'
import { firstRunLink } from '@/lib/people/found'
import { openSessions } from '@/lib/people/session-config'
import { sessionSecret } from '@/lib/people/session-secret'
import { onStopSignals, stopInOrder, type Cleanup } from '@/lib/gateway/server/shutdown'

export type ServeOptions = {
  /** The clone. */
  root: string
  /** Prints a line for a step of the start, with the time it took. */
  step: (name: string, work: () => Promise<string | undefined>) => Promise<void>
}

export type Server = {
  url: string
  /** The one-time link that creates the first administrator; only while there is nobody. */
  firstRun: string | undefined
  settings: Settings
  stop: () => Promise<void>
}

/** The whole process: database, migrations, machine API, pages, background (DESIGN §3). Throws start errors, with nothing left running. */
export async function serve({ root, step }: ServeOptions): Promise<Server> {
  const settings = readSettings(process.env, root)
  const databaseSettings = readDatabaseSettings(process.env)
  const migrations = path.join(root, 'prisma/migrations')
  const cleanups: Cleanup[] = []
  const signals = onStopSignals(() => stopInOrder(cleanups))
  try {
    await step('database', async () => {
      const opening = openDatabase(databaseSettings, settings.dataFolder)
      // Before it is up: a signal meanwhile must not leave it running.
      cleanups.push({
        name: 'database',
        run: () =>
          opening.then(
            (database) => database.stop(),
            () => undefined,
          ),
      })
      const opened = await opening
      const applied = await migrate(opened.urls.owner, opened.roles, migrations)
      openPools(opened.urls, (name, error) => {
        // The last connections hear of the database's own end.
        if (!signals.begun()) report(`database pool ${name}`, error)
      })
      cleanups.push({ name: 'pools', run: closePools })
      await refusePowerfulLogin(pool('app'), opened.separated)
      return `${opened.description}, ${applied.length === 0 ? 'no new migrations' : `${applied.length} migrations applied`}`
    })
    await step('ledger', () => openLedgerOf(settings))
    let url = ''
    let firstRun: string | undefined
    await step('server', async () => {
      const { app, pages } = await assemble(root, settings, migrations)
      cleanups.push({ name: 'pages', run: () => pages.close() }, { name: 'server', run: () => app.close() })
      settle(settings, await listening(app, settings))
      openSessions({
        publicUrl: settings.publicUrl.origin,
        secret: sessionSecret(settings.dataFolder, process.env),
      })
      await pages.prepare()
      const background = await startBackground(settings, report)
      cleanups.push(
        { name: 'background', run: background.stop },
        { name: 'streams', run: () => Promise.resolve(beginClosing()) },
      )
      url = settings.publicUrl.origin
      firstRun = await firstRunLink(db(), url, new Date())
      return url
    })
    return { url, firstRun, settings, stop: signals.stop }
  } catch (error) {
    // What a stop breaks in a start half-way is no error; the process ends once everything is undone.
    if (signals.begun()) return new Promise(() => undefined)
    await stopInOrder(cleanups)
    throw error
  }
}

async function assemble(root: string, settings: Settings, migrations: string) {
  const pages = next({ dev: false, dir: root, hostname: settings.host, port: settings.port })
  const handle = pages.getRequestHandler()
  const answerAsset = openAssets(path.join(root, '.next/static'))
  const app = await buildApp({
    settings,
    checks: {
      clock: checkClock,
      migrations: checkMigrations(migrations),
      sequencer: checkSequencer,
      partitions: checkPartitions,
    },
    human: (request, response) => {
      if (answerAsset(request, response)) return
      handle(request, response).catch((error: unknown) => {
        report('page', error)
        if (!response.headersSent) response.writeHead(500)
        response.end()
      })
    },
    onDefect: (error, requestId) => {
      report(requestId, error)
    },
  })
  return { app, pages }
}

async function listening(app: FastifyInstance, { host, port }: Settings): Promise<number> {
  try {
    await app.listen({ host, port })
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EADDRINUSE')
      throw startError(
        'port_taken',
        `Port ${port} of ${host} is taken: stop the program that uses it, or set PORT.`,
        error,
      )
    throw startError(
      'setting_invalid',
      `Countersign cannot listen on ${host} port ${port} (${code ?? String(error)}).`,
      error,
    )
  }
  return (app.server.address() as AddressInfo).port
}

/** PORT=0 means any free one: the address is known only now. Next's half reads it from the environment. */
function settle(settings: Settings, port: number): void {
  if (settings.port === 0) {
    if (process.env.PUBLIC_URL === undefined || process.env.PUBLIC_URL === '') settings.publicUrl.port = String(port)
    settings.port = port
  }
  process.env.PORT = String(settings.port)
  process.env.PUBLIC_URL = settings.publicUrl.origin
  process.env.COUNTERSIGN_DATA = settings.dataFolder
}

function report(where: string, error: unknown): void {
  process.stderr.write(
    `${new Date().toISOString()} ${where}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
  )
}
