import { fault } from '@/lib/core/fault'
import type { Db } from '@/lib/db/client'
import { draft } from './draft'
import { renewedText } from './renewed'
import { newestSigned, openDraft } from './store'
import { asBoundary, type Governed } from './subject'

/**
 * Drafts the version in force again with a new term and nothing else changed. It still takes a signature, as every draft does. Run it in a
 * transaction.
 * @throws Fault `wrong_state` where nothing is signed, `conflict` where a draft is open: nobody's text is written over
 */
export async function renew(
  db: Db,
  person: { id: string },
  agent: Governed,
  now: Date,
): Promise<{ id: string; version: number; digest: string }> {
  const inForce = await newestSigned(db, agent.id)
  const document = inForce && asBoundary(inForce.document)
  if (inForce === null || document === null || inForce.signedAt === null)
    throw fault('wrong_state', { detail: `Nothing is signed for ${agent.slug} that could be renewed.` })
  const open = await openDraft(db, agent.id)
  if (open !== null)
    throw fault('conflict', {
      detail: `${open.drafter} has version ${String(open.version)} open. It has to be signed, sent back or withdrawn first.`,
    })
  const source = renewedText(inForce.source, document, inForce.signedAt.getTime(), now.getTime())
  const note = `Renews version ${String(inForce.version)}: the same text with a new term.`
  return draft(db, person, agent, { source, note }, now)
}
