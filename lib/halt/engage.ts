import type pg from 'pg'
import { fault } from '@/lib/core/fault'
import { newId, parsePublicId } from '@/lib/core/ids'
import { applyChange } from '@/lib/db/gate'
import { pool } from '@/lib/db/pool'
import { prepareEntry } from '@/lib/ledger/append'
import type { HaltScope } from './halt'
import { findRunSubject, findSubject } from './store'

/**
 * Who stops what. `by` is null where nobody in person did (an alert's rule). `agent`: a slug, for scope `agent` alone; `run`: `run_…`, for
 * scope `run` alone.
 */
export type Engagement = {
  scope: HaltScope
  agent?: string
  run?: string
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
 * @throws Fault `not_found` naming `agent` or `run`, `unavailable` when the gate could not be had
 */
export async function engage(
  { scope, reason, by, now, id = newId(now.getTime()), rule, alertId, ...named }: Engagement,
  connections: pg.Pool = pool('reserved'),
): Promise<Engaged> {
  const { target, agent, owner, run } = await TARGETS[scope](connections, named)
  const entry = await prepareEntry(connections, {
    kind: 'halt.engaged',
    actor: by === null ? 'system' : `person:${by}`,
    agent,
    owner,
    run,
    ...(rule !== undefined && { rule }),
    about: { halt: id, ...(alertId !== undefined && { alert: alertId }) },
    labels: [scope],
    ...(reason !== '' && { payload: { reason } }),
  })
  const applied = await applyChange(
    'halt.engage',
    { id, scope, target, reason, by },
    { ...entry, projection: null },
    connections,
  )
  if (applied.applied) return { id, already: false }
  if (applied.refused === 'already_exists' && applied.id !== null) return { id: applied.id, already: true }
  throw fault(applied.refused)
}

/** What a halt names, and what its entry says of that: bare ids. */
type Target = { target: string; agent: string | null; owner: string | null; run: string | null }

/** How each scope finds what it stops. */
const TARGETS: Record<HaltScope, (sql: pg.Pool, named: Pick<Engagement, 'agent' | 'run'>) => Promise<Target>> = {
  organisation: () => Promise.resolve({ target: '', agent: null, owner: null, run: null }),
  agent: async (sql, { agent }) => {
    const subject = await findSubject(sql, { slug: agent ?? '' })
    if (subject === null) throw fault('not_found', { field: 'agent', detail: 'There is no such agent.' })
    return { target: subject.id, agent: subject.id, owner: subject.owner_id, run: null }
  },
  run: async (sql, { run }) => {
    const id = parsePublicId('run', run ?? '', 'run')
    const subject = await findRunSubject(sql, id)
    if (subject === null) throw fault('not_found', { field: 'run', detail: 'There is no such run.' })
    return { target: id, agent: subject.id, owner: subject.owner_id, run: id }
  },
}
