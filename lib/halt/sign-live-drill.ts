import type { Answer } from '@/lib/approvals/approval'
import { answererOf } from '@/lib/approvals/read'
import { vote } from '@/lib/approvals/vote'
import { fault } from '@/lib/core/fault'
import { newId } from '@/lib/core/ids'
import { transaction, type Db } from '@/lib/db/client'
import { append } from '@/lib/ledger/append'
import type { Actor } from '@/lib/people/actor'
import type { DrillScope } from './drill'
import { noteDue } from './drills-due'
import { engage } from './engage'
import { agentsIn } from './rehearse'
import { findDrill, insertBegun, insertEnded, lockDrills, tellDrill, type DrillRow } from './store-drill'

/** The second person's answer to the plan they saw. */
export type LiveAnswer = { drillId: string; actor: Actor; answer: Answer; reason: string; digest: Buffer; now: Date }

/** `begun`: its halt is in force. `refused`: the second person did not agree. `prevented`: this was halted in the meantime. */
export type LiveAnswered = 'begun' | 'refused' | 'prevented'

/**
 * The second person signs a live drill, or does not (ADR 0038). Signing begins it: the verdict and whom it is for commit first; then its halt is engaged under lock K,
 * by whoever asked for it, under the id both signed the lift of. If that is cut off in between, nothing was halted, and the drill ends as prevented.
 * @throws Fault `not_found`, `wrong_state`, `expired`, `digest_mismatch`, `separation_of_duties`, `not_permitted`, `already_decided`
 */
export async function signLiveDrill(answered: LiveAnswer): Promise<LiveAnswered> {
  const drill = await transaction((tx) => agree(tx, answered))
  if (drill === null) return 'refused'
  const { halt_id: haltId, scope, target, asked_by: by, note } = drill
  if (haltId === null || by === null) throw fault('wrong_state')
  const engaged = await engage({
    id: haltId,
    scope,
    ...namedAs(drill),
    reason: `Live drill: ${note}`,
    by,
    now: new Date(),
  }).catch(async (error: unknown) => {
    await transaction((tx) => prevent(tx, drill))
    throw error
  })
  if (engaged.id === haltId) return 'begun'
  await transaction((tx) => prevent(tx, { ...drill, target }))
  return 'prevented'
}

async function agree(tx: Db, { drillId, actor, answer, reason, digest, now }: LiveAnswer): Promise<DrillRow | null> {
  await lockDrills(tx)
  const drill = await findDrill(tx, drillId)
  if (drill === null) throw fault('not_found', { detail: 'There is no such drill.' })
  if (drill.approval_id === null || drill.begun_at !== null || drill.ended_at !== null)
    throw fault('wrong_state', { detail: 'This drill waits for nobody.' })
  const { status, verdicts } = await vote(tx, {
    approvalId: drill.approval_id,
    person: { ...answererOf(actor), name: actor.name },
    answer,
    reason,
    digest,
    now,
  })
  const entry = {
    actor: `person:${actor.id}` as const,
    about: { approval: drill.approval_id, drill: drill.id, halt: drill.halt_id },
    labels: ['live', drill.scope],
    verdicts: verdicts.map((each) => ({ person: each.personId, answer: each.answer, capability: 'halt_lift' })),
    ...(reason !== '' && { payload: { reason } }),
  }
  if (status === 'rejected') {
    const { id: entryId } = await append(tx, { kind: 'drill.refused', ...entry })
    await insertEnded(tx, drill.id, { outcome: 'refused', entryId, report: null })
    await tellDrill(tx, drill.id)
    return null
  }
  if (status !== 'approved') throw fault('wrong_state')
  await insertBegun(tx, drill.id, await agentsIn(tx, drill.scope, drill.target), null)
  await append(tx, { kind: 'drill.begun', ...entry })
  await noteDue(tx)
  await tellDrill(tx, drill.id)
  return drill
}

/** Its halt could not be engaged: nothing was measured, and what was agreed is void. */
async function prevent(tx: Db, drill: DrillRow): Promise<void> {
  const { id: entryId } = await append(tx, {
    id: newId(),
    kind: 'drill.ended',
    actor: 'system',
    about: { drill: drill.id, halt: drill.halt_id },
    labels: ['live', drill.scope, 'prevented'],
  })
  await insertEnded(tx, drill.id, { outcome: 'prevented', entryId, report: null })
  await noteDue(tx)
  await tellDrill(tx, drill.id)
}

/** What a drill is of, as `engage` is told. */
function namedAs({ scope, name }: { scope: DrillScope; name: string | null }) {
  return scope === 'organisation' || name === null ? {} : { [scope]: name }
}
