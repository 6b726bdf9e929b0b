import type pg from 'pg'
import { fault } from '@/lib/core/fault'
import { newId } from '@/lib/core/ids'
import { applyChange } from '@/lib/db/gate'
import { pool } from '@/lib/db/pool'
import { prepareEntry } from '@/lib/ledger/append'
import type { HaltScope } from './halt'
import { findSubject } from './store'

/** Who stops what. `by` is null where nobody in person did (an alert's rule). `agent`: a slug, for scope `agent` alone. */
export type Engagement = {
  scope: HaltScope
  agent?: string
  reason: string
  by: string | null
  now: Date
  /** the halt's id, where whoever engages it must not do so twice; else a new one */
  id?: string
  /** the clause of the agent's boundary that engages it, and the alert that says what made it */
  rule?: string
  alertId?: string
}

/** `already`: one was in force for this scope, and still is. Engaging twice is no error for somebody in a hurry. */
export type Engaged = { id: string; already: boolean }

/**
 * Engages a halt under lock K (DESIGN §4): when this has returned, no *allow* in its scope commits any more. It uses the reserved
 * connections alone, takes no transaction, and asks for nothing but the scope.
 * @throws Fault `not_found` naming `agent`, `unavailable` when the gate could not be had
 */
export async function engage(
  { scope, agent, reason, by, now, id = newId(now.getTime()), rule, alertId }: Engagement,
  connections: pg.Pool = pool('reserved'),
): Promise<Engaged> {
  const subject = scope === 'agent' ? await findSubject(connections, { slug: agent ?? '' }) : null
  if (scope === 'agent' && subject === null)
    throw fault('not_found', { field: 'agent', detail: 'There is no such agent.' })
  const entry = await prepareEntry(connections, {
    kind: 'halt.engaged',
    actor: by === null ? 'system' : `person:${by}`,
    agent: subject?.id ?? null,
    owner: subject?.owner_id ?? null,
    ...(rule !== undefined && { rule }),
    about: { halt: id, ...(alertId !== undefined && { alert: alertId }) },
    labels: [scope],
    ...(reason !== '' && { payload: { reason } }),
  })
  const applied = await applyChange(
    'halt.engage',
    { id, scope, target: subject?.id ?? '', reason, by },
    { ...entry, projection: null },
    connections,
  )
  if (applied.applied) return { id, already: false }
  if (applied.refused === 'already_exists' && applied.id !== null) return { id: applied.id, already: true }
  throw fault(applied.refused)
}
