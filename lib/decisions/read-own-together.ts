import { Batcher } from '@/lib/core/batch'
import type { ActionOutput } from '@/lib/decisions/contract'
import { outputOf, payloadFrom } from '@/lib/decisions/read-own'
import { findActions } from '@/lib/decisions/store-actions'
import { openPayloads } from '@/lib/ledger/open'
import type { Sql } from '@/lib/ledger/sql'

/** Whose action, and which. */
export type Own = { agentId: string; actionId: string }

/**
 * Reads actions as their agents see them, together with whatever else is asked for meanwhile: thousands wait, and a verdict, a deadline or a
 * database that came back wakes many of them at once. As `readOwn` answers; nothing read is kept.
 * @param publicUrl for the links to approvals
 */
export function ownReader(sql: Sql, publicUrl: () => URL, now: () => Date): (own: Own) => Promise<ActionOutput | null> {
  const batcher = new Batcher<Own, ActionOutput | null>({
    lanes: 2,
    leftNothing: () => true, // it only reads
    call: async (asked) => {
      const actions = new Map(
        (
          await findActions(
            sql,
            asked.map(({ actionId }) => actionId),
          )
        ).map((row) => [row.id, row]),
      )
      const payloads = await openPayloads(sql, [...actions.keys()])
      const at = now()
      return Promise.all(
        asked.map(async ({ agentId, actionId }) => {
          const action = actions.get(actionId)
          if (action?.agent_id !== agentId) return null
          return outputOf(action, await payloadFrom(sql, payloads.get(actionId) ?? null, action), publicUrl(), at)
        }),
      )
    },
  })
  return (own) => batcher.submit(own)
}
