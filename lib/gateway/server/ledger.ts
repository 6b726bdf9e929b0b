import path from 'node:path'
import { pool } from '@/lib/db/pool'
import { startError } from '@/lib/db/start-error'
import type { Background } from '@/lib/gateway/server/background'
import type { Settings } from '@/lib/gateway/server/settings'
import { checkStanding } from '@/lib/ledger/guard'
import { haltForStanding, standingSentence } from '@/lib/ledger/halt-for-standing'
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
  await haltForStanding(standing)
  return `${opened.origin}: ${standingSentence(standing)} The organisation is halted.`
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
          else if (alarm.kind === 'stopped') onError(new Error(standingSentence(alarm.standing)))
          else
            onError(new Error(`${alarm.rows} queued rows could not be integrated and were put in ledger.quarantine.`))
        },
      }),
    ),
}
