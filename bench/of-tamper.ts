import { randomBytes } from 'node:crypto'
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Figure, Run } from './bench'
import { benchDatabase, type BenchDatabase } from './database'
import { newId } from '@/lib/core/ids'
import { pool } from '@/lib/db/pool'
import { append } from '@/lib/ledger/append'
import { fillForDrill, TAMPERINGS } from '@/lib/ledger/drill-testing'
import { checkStanding, verifierOf } from '@/lib/ledger/guard'
import type { Ledger } from '@/lib/ledger/handle'
import { ledgerKeys } from '@/lib/ledger/keys'
import { keepReleased } from '@/lib/ledger/released'
import { sequenceOnce } from '@/lib/ledger/sequence'
import { openLedger } from '@/lib/ledger/start'
import { tampered } from '@/lib/ledger/tampering'
import { verifyAndKeep } from '@/lib/ledger/verification'
import { verifyLedger } from '@/lib/ledger/verify'

/**
 * The tamper drill on a Postgres of its own: everything a superuser can do to a ledger, each change looked for by a walk over all of it;
 * then the whole database put back to an earlier copy, and another signing key put in the place of the ledger's.
 */
export const run: Run = async ({ root, say }) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'countersign-drill-'))
  const released = path.join(folder, 'released')
  let database: BenchDatabase = await benchDatabase(root, folder)
  const seeds = {
    checkpoint: randomBytes(32),
    receipt: randomBytes(32),
    payload: randomBytes(32),
    commitment: randomBytes(32),
  }
  const open = async (): Promise<Ledger> => {
    const opened = await openLedger(pool('app'), ledgerKeys(seeds))
    if ('message' in opened) throw new Error(opened.message)
    return opened
  }
  const restart = async (between: () => void): Promise<Ledger> => {
    await database.stop()
    between()
    database = await benchDatabase(root, folder)
    return open()
  }
  const missed: string[] = []
  const judge = (name: string, found: boolean, words: string) => {
    say(`${found ? 'found' : 'MISSED'}: ${name} (${words})`)
    if (!found) missed.push(name)
  }
  try {
    let ledger = await open()
    const drilled = await fillForDrill({ app: pool('app'), sequencer: pool('sequencer') }, ledger)
    for (const one of TAMPERINGS) {
      const verdict = await tampered(
        database.superuser,
        async (client) => {
          await one.change(client, drilled)
        },
        (client) =>
          verifyLedger({
            client,
            verifier: verifierOf(ledger),
            keys: ledger.keys,
            held: one.held ? [drilled.held] : [],
          }),
      )
      const words = verdict.whole ? 'whole' : `${verdict.fault}, #${String(verdict.idx ?? '–')}`
      judge(one.name, !verdict.whole && verdict.fault === one.found && verdict.idx === one.at, words)
    }

    const copy = path.join(folder, 'earlier')
    const data = path.join(folder, 'postgres')
    ledger = await restart(() => {
      cpSync(data, copy, { recursive: true, preserveTimestamps: true })
    })
    await append(pool('app'), { kind: 'run.opened', actor: 'agent', agent: newId() })
    const later = await sequenceOnce(pool('sequencer'), ledger, null)
    if (later.state !== 'done' || later.checkpoint === null) throw new Error('nothing was signed')
    keepReleased(released, later.checkpoint.note)
    ledger = await restart(() => {
      rmSync(data, { recursive: true })
      cpSync(copy, data, { recursive: true, preserveTimestamps: true })
    })
    const standing = await checkStanding(pool('app'), ledger, released)
    judge(
      'the whole database put back to an earlier copy, at the start',
      !standing.ok && standing.reason === 'behind',
      standing.ok ? 'ok' : standing.reason,
    )
    const verdict = await verifyAndKeep(pool('jobs'), ledger, released)
    judge(
      'the same, by the walk',
      verdict?.whole === false && verdict.fault === 'cut_off',
      verdict?.whole === false ? verdict.fault : 'whole',
    )

    const stranger = await openLedger(pool('app'), ledgerKeys({ ...seeds, checkpoint: randomBytes(32) }))
    judge(
      'another signing key in place of the ledger’s',
      'message' in stranger,
      'message' in stranger ? 'refused at the start' : 'opened',
    )

    const tries = TAMPERINGS.length + 3
    const figure: Figure = {
      figure: 'changes found and named',
      value: tries - missed.length,
      unit: `of ${tries}`,
      ratio: (tries - missed.length) / tries,
      budget: { at: 'least', is: 1 },
    }
    return [figure]
  } finally {
    await database.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}
