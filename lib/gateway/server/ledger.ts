import path from 'node:path'
import { newId } from '@/lib/core/ids'
import { applyChange } from '@/lib/db/gate'
import { pool } from '@/lib/db/pool'
import { startError } from '@/lib/db/start-error'
import type { Background } from '@/lib/gateway/server/background'
import type { Settings } from '@/lib/gateway/server/settings'
import { prepareEntry } from '@/lib/ledger/append'
import { checkStanding, type Standing } from '@/lib/ledger/guard'
import { ledger } from '@/lib/ledger/handle'
import { openLedgerKeys } from '@/lib/ledger/keys'
import { startSequencer } from '@/lib/ledger/sequencer'
import { openLedger } from '@/lib/ledger/start'

const folderOf = (settings: Settings) => path.join(settings.dataFolder, 'ledger')

/**
 * Opens the ledger before anything is served. A database that lacks what its own released checkpoint covers may lack a halt
 * as well: then the organisation starts halted, and people decide (DESIGN §5). Answers a line for the terminal.
 * Throws `data_unreadable` when the keys are not this ledger's.
 */
export async function openLedgerOf(settings: Settings): Promise<string> {
  const keys = openLedgerKeys(path.join(settings.dataFolder, 'keys'), process.env)
  const opened = await openLedger(pool('app'), keys)
  if ('message' in opened) throw startError('data_unreadable', opened.message)
  const standing = await checkStanding(pool('app'), opened, folderOf(settings))
  if (standing.ok) return opened.origin
  await haltFor(standing)
  return `${opened.origin}: ${sentenceOf(standing)} The organisation is halted.`
}

/** Integrates the ledger as long as the server runs. */
export const sequencer: Background = {
  name: 'sequencer',
  start: ({ settings, onError }) =>
    Promise.resolve(
      startSequencer({
        connections: pool('sequencer'),
        ledger: ledger(),
        folder: folderOf(settings),
        onAlarm: (alarm) => {
          if (alarm.kind === 'failed') onError(alarm.error)
          else if (alarm.kind === 'stopped') onError(new Error(sentenceOf(alarm.standing)))
          else
            onError(new Error(`${alarm.rows} queued rows could not be integrated and were put in ledger.quarantine.`))
        },
      }),
    ),
}

async function haltFor(standing: Standing & { ok: false }): Promise<void> {
  const id = newId()
  const reason = sentenceOf(standing)
  const entry = await prepareEntry(pool('app'), {
    kind: 'halt.engaged',
    actor: 'system',
    about: { halt: id },
    labels: ['organisation', `ledger_${standing.reason}`],
    payload: { reason },
    projection: { sentence: reason },
  })
  // Already halted is as good: the halt that stands is not lifted by this.
  await applyChange('halt.engage', { id, scope: 'organisation', reason, by: null }, entry)
}

function sentenceOf({ reason, size, released }: Standing & { ok: false }): string {
  switch (reason) {
    case 'behind':
      return `The database holds ${size} ledger entries and a checkpoint over ${released} was let out: it was restored or failed over, and nothing more is signed.`
    case 'forked':
      return `The first ${released} ledger entries are not those a released checkpoint covers: nothing more is signed.`
    case 'unsigned':
      return 'The head of the ledger does not carry its own signature: somebody changed it, and nothing more is signed.'
    case 'unreadable':
      return 'The released checkpoint kept beside the database is damaged or was signed by another key: nothing more is signed.'
  }
}
