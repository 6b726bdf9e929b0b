import { queryOne, type Sql } from '@/lib/ledger/sql'
import type { VerdictRules } from './assurance'

/** From what is at stake an approval takes a passkey, and a reason, as of now; it lies with the gate. */
export async function verdictRules(sql: Sql): Promise<VerdictRules> {
  const row = await queryOne<VerdictRules>(
    sql,
    'SELECT passkey_from AS "passkeyFrom", reason_from AS "reasonFrom", verdicts_chosen AS chosen FROM gate WHERE id = 1',
  )
  if (row === null) throw new Error('the gate has no row')
  return row
}
