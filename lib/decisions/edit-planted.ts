import { answererOf } from '@/lib/approvals/read'
import { vote } from '@/lib/approvals/vote'
import { digestText } from '@/lib/core/digest-text'
import type { JsonObject, JsonValue } from '@/lib/core/json'
import type { Db } from '@/lib/db/client'
import { capabilityOf } from './answer'
import { recordPlanted } from './answer-planted'
import type { Edit } from './edit'

/**
 * Takes an edit of a test request as an answer to it, in the transaction it is given: whoever changed what is wrong has found it, whoever changed
 * something else has not. Nothing is edited, nothing can be executed, and they are told at once (ADR 0035).
 * @param asked what the entry of the test keeps apart
 * @throws Fault as `vote`; `not_found` for whoever it is not for
 */
export async function editPlanted(
  db: Db,
  { approvalId, actor, digest, now }: Edit,
  args: JsonObject,
  asked: object,
): Promise<{ digest: string }> {
  const { test } = asked as { test?: { is?: unknown } } // written by plantTest
  const answer = textsIn(args).includes(String(test?.is)) ? 'approve' : 'reject'
  const reason = 'Edited its arguments.'
  const person = { ...answererOf(actor), name: actor.name }
  const voted = await vote(db, { approvalId, person, answer, reason, digest, now })
  const capability = capabilityOf(voted.approval.rule.asked, voted.verdicts.at(-1)?.seat ?? null)
  await recordPlanted(db, voted, { personId: actor.id, reason, capability, passkey: null })
  return { digest: digestText(digest) }
}

function textsIn(value: JsonValue): string[] {
  if (typeof value !== 'object' || value === null) return [String(value)]
  return Object.values(value).flatMap(textsIn)
}
