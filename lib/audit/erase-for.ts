import type pg from 'pg'
import { fault } from '@/lib/core/fault'
import { eraseSubject } from '@/lib/ledger/erase'
import { keptUnder } from '@/lib/ledger/kept-under'
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
  const kept = await keptUnder(jobs, `requester:${type}:${id}`)
  if (!kept) throw fault('not_found', { field: 'id', detail: 'Nothing is kept under this name.' })
  const { keyId, payloads } = kept
  if (confirm !== payloads) return { payloads, erased: false }
  const done = await eraseSubject(jobs, actor.id, keyId, { reason, basis })
  return { payloads: done.payloads, erased: true }
}
