import { existsSync } from 'node:fs'
import path from 'node:path'
import pg from 'pg'
import { readDatabaseSettings, type DatabaseSettings } from '@/lib/db/env'
import type { LoginUrls } from '@/lib/db/logins'
import { openDatabase } from '@/lib/db/open'
import { closePools, openPools, pool } from '@/lib/db/pool'
import { startError } from '@/lib/db/start-error'
import { keepReleased } from '@/lib/ledger/released'
import type { Ledger } from '@/lib/ledger/handle'
import { findLedgerKeys, type LedgerKeys } from '@/lib/ledger/keys'
import { sequenceOnce } from '@/lib/ledger/sequence'
import { openLedger } from '@/lib/ledger/start'

export interface WholeInstall {
  dataFolder: string
  env: Readonly<Record<string, string | undefined>>
}

export interface Opened {
  owner: pg.Client
  keys: LedgerKeys
  /** Where the keys are, and where what was let out is kept. */
  folders: { keys: string; ledger: string }
}

/**
 * Does something to an install whose servers are stopped, with every login open and the process's pools on them; closes all of it
 * again, whatever happens.
 * @throws start errors when there is no install or a server still runs on it
 */
export async function withInstall<T>(
  { dataFolder, env }: WholeInstall,
  work: (opened: Opened) => Promise<T>,
): Promise<T> {
  const settings = readDatabaseSettings(env)
  if (settings.url === null && !existsSync(path.join(dataFolder, 'postgres/PG_VERSION'))) {
    throw startError('data_unreadable', `There is no install in ${dataFolder}: name its folder with --data.`)
  }
  const folders = { keys: path.join(dataFolder, 'keys'), ledger: path.join(dataFolder, 'ledger') }
  const keys = findLedgerKeys(folders.keys, env)
  if (!keys) throw startError('data_unreadable', `The keys of the ledger are not in ${folders.keys}.`)
  const database = await reach(settings, dataFolder)
  const owner = new pg.Client({ connectionString: database.urls.owner, application_name: 'countersign ledger' })
  try {
    await owner.connect()
    await refuseWhileServed(owner)
    openPools(database.urls, () => undefined)
    return await work({ owner, keys, folders })
  } finally {
    await closePools().catch(() => undefined)
    await owner.end().catch(() => undefined)
    await database.stop()
  }
}

/** Where every login is given nothing has to be set up; otherwise as a start does it. */
async function reach(
  settings: DatabaseSettings,
  dataFolder: string,
): Promise<{ urls: LoginUrls; stop: () => Promise<void> }> {
  const { url, owner, sequencer, jobs } = settings
  if (url === null || owner === null || sequencer === null || jobs === null) return openDatabase(settings, dataFolder)
  return { urls: { app: url, owner, sequencer, jobs }, stop: () => Promise.resolve() }
}

/** Gives every waiting entry its index and signs, as the server would; answers the ledger as it opens with these keys. */
export async function settle(keys: LedgerKeys, folder: string): Promise<Ledger> {
  const ledger = await openedLedger(keys)
  for (;;) {
    const answer = await sequenceOnce(pool('sequencer'), ledger, null)
    if (answer.state !== 'done') throw startError('data_unreadable', `Nothing could be signed (${answer.state}).`)
    if (answer.checkpoint) keepReleased(folder, answer.checkpoint.note)
    if (answer.taken === 0) return ledger
  }
}

/** @throws start errors when these keys are not the ledger's */
export async function openedLedger(keys: LedgerKeys): Promise<Ledger> {
  const ledger = await openLedger(pool('app'), keys)
  if ('message' in ledger) throw startError('data_unreadable', ledger.message)
  return ledger
}

/** With a database of one's own, a server elsewhere may be signing: what it holds in memory would be out of date. */
async function refuseWhileServed(owner: pg.Client): Promise<void> {
  const { rows } = await owner.query<{ n: string }>(
    `SELECT count(*) AS n FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'countersign sequencer'`,
  )
  if (Number(rows[0]?.n) > 0)
    throw startError('data_in_use', 'A server still runs on this database: stop every one of them first.')
}
