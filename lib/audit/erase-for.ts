import type pg from 'pg'
import { fault } from '@/lib/core/fault'
import { eraseSubject } from '@/lib/ledger/erase'
import { ledger } from '@/lib/ledger/handle'
import { keyedHash } from '@/lib/ledger/payload'
import { findSubjectKey } from '@/lib/ledger/store'
import { countUnder } from '@/lib/ledger/store-payload'
import type { Actor } from '@/lib/people/actor'

export interface ErasureAsked {
  type: string
  id: string
  reason: string
  basis: string
  /** How many payloads the person was told of; erasing happens only when it still is that many. */
  confirm?: number | undefined
}

/**
 * Erases what is kept about somebody agents acted for. Without `confirm`, or where there is more by now, it only answers how many.
 * @throws Fault `not_found` when nothing is kept about them, `invalid_request` when the reason names them, and as `eraseSubject` does
 */
export async function eraseFor(
  jobs: pg.Pool,
  actor: Pick<Actor, 'id' | 'email'>,
  asked: ErasureAsked,
): Promise<{ payloads: number; erased: boolean }> {
  const { type, id, reason, basis, confirm } = asked
  if (id.toLowerCase() === actor.email.toLowerCase())
    throw fault('separation_of_duties', { detail: 'This is about you, so another administrator erases it.' })
  if ([reason, basis].some((text) => text.toLowerCase().includes(id.toLowerCase())))
    throw fault('invalid_request', { field: 'reason', detail: 'Do not name them here: what you write is kept.' })
  const hash = keyedHash(ledger().keys.commitment, 'subject', `requester:${type}:${id}`)
  const key = await findSubjectKey(jobs, hash)
  if (!key) throw fault('not_found', { field: 'id', detail: 'Nothing is kept under this name.' })
  const { payloads } = (await countUnder(jobs, key.id)) ?? { payloads: 0 }
  if (confirm !== payloads) return { payloads, erased: false }
  const done = await eraseSubject(jobs, actor.id, key.id, { reason, basis })
  return { payloads: done.payloads, erased: true }
}
