import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import pg from 'pg'
import { livingPostmaster } from '@/lib/db/embedded-process'
import { readDatabaseSettings } from '@/lib/db/env'
import { rolesOf, urlFor } from '@/lib/db/logins'
import { openDatabase } from '@/lib/db/open'
import { startError } from '@/lib/db/start-error'
import { ledgerOf } from '@/lib/ledger/handle'
import { historyNotes } from '@/lib/ledger/history'
import { findLedgerKeys } from '@/lib/ledger/keys'
import { parseVkey, vkeyOf, type NoteVerifier } from '@/lib/ledger/note'
import { releasedNote } from '@/lib/ledger/released'
import { findOrigin } from '@/lib/ledger/store'
import { verifyLedger, type Verdict } from '@/lib/ledger/verify'

export interface InstallToVerify {
  /** Where the install keeps its data: database, keys, the released checkpoint. */
  dataFolder: string
  env: Readonly<Record<string, string | undefined>>
  /** The key that must have signed, when it is known from elsewhere. Without it, the install's own keys say which it is. */
  vkey?: string | undefined
  /** Checkpoints held elsewhere. */
  held?: readonly string[]
  onProgress?: (done: number, size: number) => void
}

const NAME = 'countersign'

/**
 * Verifies the ledger of an install on this machine, whether its server runs or not: against the key in its key folder, the
 * checkpoint it last let out, and any that are given. Makes nothing and changes nothing.
 * @throws start errors when there is no install, no database, or no key to verify with
 */
export async function verifyInstall(install: InstallToVerify): Promise<Verdict> {
  // Before the snapshot: what was let out until now must be in it.
  const folder = path.join(install.dataFolder, 'ledger')
  const newest = releasedNote(folder)
  const released = [...historyNotes(folder), ...(newest === null ? [] : [newest])]
  const keys = findLedgerKeys(path.join(install.dataFolder, 'keys'), install.env)
  const database = await reachDatabase(install)
  const client = new pg.Client({ connectionString: database.url, application_name: 'countersign verify' })
  try {
    await client.connect()
    const origin = await findOrigin(client)
    if (origin === null) throw startError('data_unreadable', 'This database has no ledger yet: start the server once.')
    const own = keys && vkeyOf(ledgerOf(origin.origin, keys).checkpoint)
    const verifier = verifierFrom(install.vkey ?? own)
    const held = [...released, ...(install.held ?? [])]
    return await verifyLedger({ client, verifier, keys, held, onProgress: install.onProgress })
  } finally {
    await client.end()
    await database.stop()
  }
}

function verifierFrom(vkey: string | null): NoteVerifier {
  if (vkey === null) {
    throw startError(
      'setting_invalid',
      'There are no keys here to say who must have signed: give the ledger’s verifier key with --vkey.',
    )
  }
  const verifier = parseVkey(vkey)
  if (!verifier) throw startError('setting_invalid', 'That is not a verifier key (name+8 hex digits+base64).')
  return verifier
}

async function reachDatabase({
  dataFolder,
  env,
}: InstallToVerify): Promise<{ url: string; stop: () => Promise<void> }> {
  const settings = readDatabaseSettings(env)
  const nothing = () => Promise.resolve()
  if (settings.url !== null) return { url: settings.direct ?? settings.url, stop: nothing }
  const data = path.join(dataFolder, 'postgres')
  if (!existsSync(path.join(data, 'PG_VERSION'))) {
    throw startError(
      'data_unreadable',
      `There is no install in ${dataFolder}: start the server once, or name its folder with --data.`,
    )
  }
  const running = livingPostmaster(data)
  if (running?.ready !== true) {
    const opened = await openDatabase(settings, dataFolder)
    return { url: opened.urls.app, stop: opened.stop }
  }
  const { app } = JSON.parse(readFileSync(path.join(dataFolder, 'logins.json'), 'utf8')) as { app: string }
  return {
    url: urlFor(`postgresql://127.0.0.1:${String(running.port)}/${NAME}`, rolesOf(NAME).app, app),
    stop: nothing,
  }
}
