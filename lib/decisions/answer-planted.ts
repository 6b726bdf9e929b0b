import type { Voted } from '@/lib/approvals/vote'
import { fault } from '@/lib/core/fault'
import type { Db } from '@/lib/db/client'
import { append } from '@/lib/ledger/append'
import { keptWith } from '@/lib/ledger/subject-key'
import type { KeptAssertion } from '@/lib/people/passkey-assert'
import { readTold, type Told } from './read-told'
import { findTest } from './store-planted'

/**
 * What a verdict on a test request comes to, after the vote and in its transaction: one entry, and what whoever answered is told right then.
 * No action stands behind it, so nothing else changes.
 * @throws Fault `not_found` for whoever it is not for
 */
export async function recordPlanted(
  db: Db,
  voted: Voted,
  by: { personId: string; reason: string; capability: string; passkey: KeptAssertion | null },
): Promise<Told> {
  const approval = voted.approval.id
  const test = await findTest(db, approval, by.personId)
  if (test?.forThem !== true) throw fault('not_found', { detail: 'There is no such approval.' })
  const verdict = voted.verdicts.at(-1)
  const found = verdict?.answer !== 'approve'
  await append(db, {
    kind: 'test_request.answered',
    actor: `person:${by.personId}`,
    agent: test.agentId,
    owner: test.ownerId,
    outcome: found ? 'rejected' : 'approved',
    about: { approval, entry: test.id, passkey: by.passkey?.passkey ?? null },
    labels: [found ? 'found' : 'missed', test.flaw],
    verdicts: voted.verdicts.map((each) => ({
      person: each.personId,
      answer: each.answer,
      capability: by.capability,
      ...(each.signedWith !== null && { assurance: 'passkey' as const }),
    })),
    under: await keptWith(db, test.id),
    ...((by.reason !== '' || by.passkey !== null) && {
      payload: { reason: by.reason, ...(by.passkey && { passkey: by.passkey }) },
    }),
  })
  return readTold(db, test.id, found)
}
