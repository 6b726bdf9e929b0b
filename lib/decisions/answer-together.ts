import type { Answer } from '@/lib/approvals/approval'
import type { TogetherOutput } from '@/lib/approvals/contract'
import { fault, isFault } from '@/lib/core/fault'
import { parsePublicId } from '@/lib/core/ids'
import { transaction, type Db } from '@/lib/db/client'
import type { Actor } from '@/lib/people/actor'
import { answerAction } from './answer'
import { readAlike } from './read-inbox'
import { NOT_TOGETHER } from './request'

/** Several requests of one kind, each with the digest that was on screen. */
export type VerdictTogether = {
  actor: Actor
  /** the key of their kind */
  alike: string
  answer: Answer
  reason: string
  items: readonly { id: string; digest: string }[]
  now: Date
}

/**
 * Gives one verdict to several requests that are alike (C23), each in a transaction of its own: whatever one of them is refused for, the
 * others are answered. Which may be answered so is asked of what waits now, not of what the page said.
 * @throws Fault `invalid_request` where nothing was chosen; `not_permitted` where these take a look each
 */
export async function answerTogether(db: Db, given: VerdictTogether): Promise<TogetherOutput> {
  const { actor, alike, answer, reason, items, now } = given
  if (items.length === 0) throw fault('invalid_request', { field: 'item', detail: 'Choose the requests it is for.' })
  const kind = await readAlike(db, actor, alike, now)
  if (!kind.together.ok && kind.together.reason !== 'few')
    throw fault('not_permitted', { detail: NOT_TOGETHER[kind.together.reason] })
  const ofKind = new Set(kind.rows.map(({ id }) => id))
  const results: TogetherOutput['results'] = []
  for (const { id, digest } of items) {
    try {
      if (!ofKind.has(id)) throw fault('wrong_state', { detail: 'It does not wait any more, or is of another kind.' })
      const { status, told } = await transaction((tx) =>
        answerAction(tx, {
          approvalId: parsePublicId('approval', id),
          actor,
          answer,
          reason,
          digest: Buffer.from(digest.slice('sha256:'.length), 'hex'),
          now,
        }),
      )
      results.push({ id, ok: true, status, ...(told && { told: { found: told.found, says: told.says } }) })
    } catch (error) {
      if (!isFault(error)) throw error
      results.push({ id, ok: false, code: error.code, detail: error.detail ?? error.message })
    }
  }
  return { results }
}
