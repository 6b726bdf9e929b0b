import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { parseBoundary } from '@/lib/boundary/parse'
import { pool } from '@/lib/db/pool'
import { ledgerOf, useLedger } from '@/lib/ledger/handle'
import { ledgerKeys } from '@/lib/ledger/keys'
import { simulatePast } from '@/lib/trials/simulate-past'
import type { Figure, Run } from './bench'
import { benchDatabase } from './database'
import { AGENT, fillPast } from './past-decisions'

const PLAIN = 900_000
const SEALED = 100_000
const SECONDS = 60
const key = (byte: number) => Buffer.alloc(32, byte)

/** Tries drafts on a million decisions of one agent (at most a minute), a tenth of them with a condition over their arguments. */
export const run: Run = async ({ root, say }) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'countersign-bench-simulate-'))
  useLedger(
    ledgerOf(
      'countersign/bench',
      ledgerKeys({ checkpoint: key(1), receipt: key(2), payload: key(3), commitment: key(4) }),
    ),
  )
  const database = await benchDatabase(root, folder)
  try {
    await fillPast(database.superuser, { plain: PLAIN, sealed: SEALED }, say)
    return [
      await measure(
        'a million decisions, no payload needed',
        'agent: busy\nmcp_scopes: {siem: [read]}\nnever: [siem.tool_7]\n',
        0,
      ),
      await measure(
        'a million decisions, a tenth opened for a condition',
        'agent: busy\nmcp_scopes: {siem: [read], crm: [read, write]}\napproval_required: [{tool: crm.refund, when: "args.amount > 400"}]\nlimits: {calls_per_day: 30000}\n',
        SEALED,
      ),
    ]
  } finally {
    await database.stop()
    useLedger(undefined)
    rmSync(folder, { recursive: true, force: true })
  }
}

async function measure(figure: string, source: string, opened: number): Promise<Figure> {
  const read = parseBoundary(source)
  if (!read.ok) throw new Error(JSON.stringify(read.errors))
  const now = Date.now()
  let longest = 0
  let beat = performance.now()
  const pulse = setInterval(() => {
    longest = Math.max(longest, performance.now() - beat - 5)
    beat = performance.now()
  }, 5)
  const began = performance.now()
  const changes = await simulatePast(pool(), {
    agent: { id: AGENT, environment: 'production', team: 'Bench' },
    draft: read.document,
    since: new Date(now - 31 * 86_400_000),
    until: new Date(now),
    timeZone: 'Europe/Berlin',
    withheld: () => Promise.resolve(new Set()),
  })
  const seconds = (performance.now() - began) / 1_000
  clearInterval(pulse)
  if (changes?.decisions !== PLAIN + SEALED || changes.opened < opened)
    throw new Error(`it saw ${String(changes?.decisions)} decisions and opened ${String(changes?.opened)}`)
  process.stdout.write(
    `  … others of the process waited at most ${longest.toFixed(0)} ms; ${JSON.stringify(changes.result([]).moves)}\n`,
  )
  return { figure, value: seconds, unit: 's', budget: { at: 'most', is: SECONDS } }
}
