import type pg from 'pg'
import { fault } from '@/lib/core/fault'
import { answeredBy, unblocked, withoutSecrets, type Applied, type GateChange } from '@/lib/db/gate'

/**
 * Engages a halt without its entry, while the ledger cannot be written: under lock K as every other, and recorded by a job later (ADR
 * 0041). For halts alone: they make everything stricter.
 * @throws Fault `unavailable` when the database does not take it either
 */
export async function engageUnrecorded(args: GateChange['halt.engage'], connections: pg.Pool): Promise<Applied> {
  try {
    const { rows } = await unblocked(connections, () =>
      connections.query<{
        answer: { applied: boolean; epoch?: number; id?: string; refused?: string; again?: boolean }
      }>('SELECT halt_engage_unrecorded($1) AS answer', [JSON.stringify(withoutSecrets(args))]),
    )
    return answeredBy(rows[0]?.answer, args.id)
  } catch (error) {
    throw fault('unavailable', {
      detail: 'The halt could not be engaged here. Break the glass: the runbook says how.',
      cause: error,
    })
  }
}
