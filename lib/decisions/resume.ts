import type { JsonObject } from '@/lib/core/json'
import { deedBytes } from '@/lib/decisions/digest'
import { digested } from '@/lib/decisions/item'
import { approvedDeed } from '@/lib/decisions/store-waiting'
import { ledger } from '@/lib/ledger/handle'
import { keyedHash } from '@/lib/ledger/payload'
import type { Sql } from '@/lib/ledger/sql'
import type { ToolName } from '@/lib/tools/tool'

/**
 * What people approved for exactly this call of this agent and nobody began: an identical retry goes on with it instead of asking again
 * (ADR 0046). Arguments and tool are compared as a keyed hash of what was asked; an edit by a person changes what runs, not what is found.
 * @returns the oldest such action, as a bare UUID; null where there is none
 */
export async function approvedBefore(
  sql: Sql,
  agentId: string,
  tool: ToolName,
  args: JsonObject,
): Promise<string | null> {
  const deed = deedBytes(digested(agentId, tool.name, null, { tool: tool.name, arguments: args }, null))
  return approvedDeed(sql, agentId, keyedHash(ledger().keys.commitment, 'deed', deed))
}
