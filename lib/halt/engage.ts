import type pg from 'pg'
import { fault, isFault } from '@/lib/core/fault'
import { newId } from '@/lib/core/ids'
import { applyChange, type Applied } from '@/lib/db/gate'
import { pool } from '@/lib/db/pool'
import { prepareEntry } from '@/lib/ledger/append'
import { engageUnrecorded } from './engage-unrecorded'
import type { HaltScope } from './halt'
import { lookAgainAt } from './look-again'
import { makeReal } from './make-real'
import { recordStops } from './record-stops'
import { type Named, TARGETS } from './targets'

/** Who stops what. `by` is null where nobody in person did (an alert's rule). Of what `Named` holds, the one field the scope names. */
export type Engagement = Named & {
  scope: HaltScope
  reason: string
  by: string | null
  now: Date
  /** when somebody should look again, RFC 3339 or a span from now (`4h`); it lifts nothing */
  until?: string | undefined
  /** the halt's id, where whoever engages it must not do so twice; else a new one */
  id?: string
  /** the source outside, or the person's token, that it came by (ADR 0041) */
  sourceId?: string
  tokenId?: string
  /** the clause of the agent's boundary that engages it, and the alert that says what made it */
  rule?: string
  alertId?: string
}

/**
 * `already`: one was in force for this scope, and still is. Engaging twice is no error for somebody in a hurry. `again`: one was, but half way to
 * being lifted; what its lift had let go is halted again (ADR 0042). `unrecorded`: it holds, and its entry follows as soon as the ledger can be written.
 */
export type Engaged = { id: string; already: boolean; again?: true; unrecorded?: true }

const ROUNDS = 3

/**
 * Engages a halt under lock K (DESIGN §4): when this has returned, no *allow* in its scope commits any more. It uses the reserved
 * connections alone, takes no transaction, and asks for nothing but the scope. It does not wait for the ledger: where the entry cannot be
 * written, the halt holds without it, and a job records it (ADR 0041).
 * @throws Fault `not_found` naming the field of the scope, `invalid_request` on `until`, `unavailable` when the gate could not be had
 */
export async function engage(engagement: Engagement, connections: pg.Pool = pool('reserved')): Promise<Engaged> {
  for (let round = 1; ; round++) {
    const engaged = await engageOnce(engagement, connections)
    if (!engaged.already && engaged.again !== true) return engaged
    if (engaged.again === true) await recordHaltedAgain(connections, engaged)
    // one that stands as a drill would be lifted soon, and whoever engages means it (ADR 0038)
    const { by, reason } = engagement
    const stands = await makeReal({ haltId: engaged.id, by, reason }, connections)
    if (stands === 'stands' || round === ROUNDS) return engaged
  }
}

async function engageOnce(
  { scope, reason, by, now, until, id = newId(now.getTime()), rule, alertId, sourceId, tokenId, ...named }: Engagement,
  connections: pg.Pool,
): Promise<Engaged> {
  const lookAgain = until === undefined ? null : lookAgainAt(until, now)
  if (until !== undefined && lookAgain === null)
    throw fault('invalid_request', { field: 'until', detail: 'Somebody can only look again later than now.' })
  const { target, agent, owner, run, word } = await TARGETS[scope](connections, named)
  const args = { id, scope, target, reason, by, until: lookAgain?.toISOString() ?? null, source: sourceId ?? null }
  try {
    const entry = await prepareEntry(connections, {
      kind: 'halt.engaged',
      actor: by === null ? 'system' : `person:${by}`,
      agent,
      owner,
      run,
      ...(rule !== undefined && { rule }),
      about: { halt: id, alert: alertId ?? null, source: sourceId ?? null, token: tokenId ?? null },
      labels: word === null ? [scope] : [scope, word],
      ...(reason !== '' && { payload: { reason } }),
    })
    const applied = await applyChange('halt.engage', args, { ...entry, projection: null }, connections)
    return engagedOr(applied, id)
  } catch (error) {
    if (isFault(error) && error.code !== 'unavailable' && error.code !== 'cannot_record') throw error
    console.error('a halt is engaged without its entry, which follows:', error)
    return { ...engagedOr(await engageUnrecorded(args, connections), id), unrecorded: true }
  }
}

/** What was halted again is; where it cannot be recorded now, a job does. */
async function recordHaltedAgain(connections: pg.Pool, engaged: Engaged): Promise<void> {
  try {
    await recordStops(connections)
  } catch (error) {
    engaged.unrecorded = true
    console.error('a halt is whole again without its entry, which follows:', error)
  }
}

/** @throws Fault with the gate's refusal */
function engagedOr(applied: Applied, id: string): Engaged {
  if (applied.applied) return { id, already: false }
  if (applied.refused === 'already_exists' && applied.id !== null)
    return applied.again === true ? { id: applied.id, already: false, again: true } : { id: applied.id, already: true }
  throw fault(applied.refused)
}
