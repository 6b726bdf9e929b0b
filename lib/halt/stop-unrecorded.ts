import type pg from 'pg'
import { fault } from '@/lib/core/fault'
import { answeredBy, unblocked, withoutSecrets, type Applied, type GateChange } from '@/lib/db/gate'

/**
 * Ends a lift half way without its entry, while the ledger cannot be written: under lock K as every other, and recorded by a job later (ADR 0041).
 * @throws Fault `unavailable` when the database does not take it either
 */
export async function stopUnrecorded(
  args: GateChange['halt.stop'] & { reason: string },
  connections: pg.Pool,
): Promise<Applied> {
  const { rows } = await lastResort(connections, () =>
    connections.query<{ answer: Parameters<typeof answeredBy>[0] }>('SELECT halt_stop_unrecorded($1) AS answer', [
      JSON.stringify(withoutSecrets(args)),
    ]),
  )
  return answeredBy(rows[0]?.answer, args.id)
}

/** Makes the halt of a live drill real without its entry: what the drill measured says that it was kept. @throws Fault `unavailable` */
export async function keepDrillUnrecorded(haltId: string, connections: pg.Pool): Promise<void> {
  await lastResort(connections, () => connections.query('SELECT drill_keep_unrecorded($1)', [haltId]))
}

async function lastResort<T>(connections: pg.Pool, work: () => Promise<T>): Promise<T> {
  try {
    return await unblocked(connections, work)
  } catch (error) {
    throw fault('unavailable', {
      detail: 'It could not be halted here. Break the glass: the runbook says how.',
      cause: error,
    })
  }
}
