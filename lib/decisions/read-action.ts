import { findAction, lockAction, type ActionRow } from '@/lib/decisions/store-actions'
import type { Db } from '@/lib/db/client'
import { queryOne, type Sql } from '@/lib/ledger/sql'

export type { ActionRow } from '@/lib/decisions/store-actions'

/** An action where it stands, or null: for a protocol that answers in its own words. */
export function readAction(sql: Sql, actionId: string): Promise<ActionRow | null> {
  return findAction(sql, actionId)
}

/** The same, locked until the transaction ends. */
export function lockedAction(tx: Db, actionId: string): Promise<ActionRow | null> {
  return lockAction(tx, actionId)
}

/** The action that an approval asks about, or null. */
export async function actionOfApproval(sql: Sql, approvalId: string): Promise<ActionRow | null> {
  const found = await queryOne<{ id: string }>(
    sql,
    `SELECT subject_id::text AS id FROM approval WHERE id = $1::uuid AND kind = 'action'`,
    [approvalId],
  )
  return found === null ? null : findAction(sql, found.id)
}
