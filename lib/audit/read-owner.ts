import { fault } from '@/lib/core/fault'
import { idTime, publicId, uuidv7 } from '@/lib/core/ids'
import type { Decision } from '@/lib/decisions/decision'
import type { EntryKind } from '@/lib/ledger/entry-kinds'
import { queryOne, type Sql } from '@/lib/ledger/sql'
import type { Actor } from '@/lib/people/actor'
import { can } from '@/lib/people/permission'
import { intervalsOf, type OwnershipEvent } from './ownership'
import { eventOf } from './read-ownership'
import { namesOf } from './store'
import { accountOf, countOwned, doneBy, MOST_COUNTED, ownershipAround } from './store-ownership'

/** One agent somebody answered for in a period: the exact stretches, each bound an entry, and what it did meanwhile. */
export type OwnedAgent = {
  agent: string
  stretches: readonly { began: Bound; ended: (Bound & { to: { id: string; name: string } }) | null }[]
  counts: Readonly<Record<Decision, number>>
  /** there were more than can be counted here */
  more: boolean
}
export type Bound = { kind: OwnershipEvent['kind']; at: string; index: number | null }

/** Something a person decided, signed or stopped themselves. */
export type OwnAct = {
  kind: EntryKind
  outcome: string | null
  at: string
  index: number | null
  agent: string | null
  /** `act_…` */
  action: string | null
}

export type OwnerView = {
  person: { id: string; name: string; email: string }
  from: string
  to: string
  agents: readonly OwnedAgent[]
  acts: readonly OwnAct[]
  /** not all of them are shown */
  moreActs: boolean
  account: readonly { kind: 'person.deactivated' | 'person.reactivated'; at: string; index: number | null }[]
}

const MOST_ACTS = 200
const ACTS = [
  ...[
    'approval.voted',
    'approval.approved',
    'approval.rejected',
    'boundary.signed',
    'boundary.tightened',
    'boundary.returned',
    'baseline.signed',
  ],
  ...[
    'halt.engaged',
    'halt.lift_voted',
    'halt.lifted',
    'agent.suspended',
    'agent.resumed',
    'agent.reviewed',
    'agent.retired',
  ],
  ...[
    'agent.activated',
    'agent.handed_over',
    'agent.taken_over',
    'agent.data_accepted',
    'tool.confirmed',
    'alert.acknowledged',
  ],
  ...['resource.protected', 'resource.unprotected'],
] as const satisfies readonly EntryKind[]

/**
 * Everything somebody answered for in a period (C06, backwards): each agent with the exact stretches, what those agents did in
 * them, and what the person decided and signed themselves. From the ledger alone; names are those of today.
 * @param period `from` included, `to` excluded
 * @throws Fault `not_found` (also where the reader may not read it)
 */
export async function readOwner(
  sql: Sql,
  actor: Actor,
  personId: string,
  period: { from: Date; to: Date },
): Promise<OwnerView> {
  if (!can(actor, 'audit.read').ok && actor.id !== personId) throw fault('not_found')
  const person = await queryOne<{ id: string; name: string; email: string }>(
    sql,
    'SELECT id::text AS id, name, email FROM person WHERE id = $1::uuid',
    [personId],
  )
  if (person === null) throw fault('not_found')
  const within = { from: period.from.toISOString(), to: period.to.toISOString() }
  const ids = { from: firstId(period.from), to: firstId(period.to) }
  const intervals = intervalsOf((await ownershipAround(sql, personId)).flatMap(eventOf), personId, within)
  const done = await doneBy(sql, { personId, kinds: ACTS, ...ids, most: MOST_ACTS + 1 })
  const names = await namesOf(sql, [
    ...intervals.flatMap(({ agent, ended }) => [agent, ...(ended ? [ended.owner] : [])]),
    ...done.flatMap(({ agent }) => agent ?? []),
  ])
  const nameOf = (id: string) => names.get(id) ?? 'one no longer known'
  const agents: OwnedAgent[] = []
  for (const agentId of new Set(intervals.map(({ agent }) => agent))) {
    const counted = await countOwned(sql, { agentId, personId, ...ids })
    const count = (outcome: Decision) => counted.find((each) => each.outcome === outcome)?.n ?? 0
    agents.push({
      agent: nameOf(agentId),
      stretches: intervals
        .filter(({ agent }) => agent === agentId)
        .map(({ began, ended }) => ({
          began: boundOf(began),
          ended: ended && { ...boundOf(ended), to: { id: ended.owner, name: nameOf(ended.owner) } },
        })),
      counts: { allow: count('allow'), hold: count('hold'), forbid: count('forbid') },
      more: counted.reduce((sum, { n }) => sum + n, 0) > MOST_COUNTED,
    })
  }
  return {
    person,
    ...within,
    agents: agents.toSorted((a, b) => (a.agent < b.agent ? -1 : 1)),
    acts: done.slice(0, MOST_ACTS).map((row) => ({
      kind: row.kind as EntryKind, // the statement asked for these alone
      outcome: row.outcome,
      at: timeOf(row.id),
      index: row.idx === null ? null : Number(row.idx),
      agent: row.agent && nameOf(row.agent),
      action: row.action && publicId('action', row.action),
    })),
    moreActs: done.length > MOST_ACTS,
    account: (await accountOf(sql, personId)).map(({ id, idx, kind }) => ({
      kind: kind as 'person.deactivated' | 'person.reactivated',
      at: timeOf(id),
      index: idx === null ? null : Number(idx),
    })),
  }
}

const boundOf = ({ kind, at, index }: OwnershipEvent): Bound => ({ kind, at, index })
const timeOf = (id: string) => new Date(idTime(id)).toISOString()
/** The smallest id of a moment: what is at it or later is not below it. */
const firstId = (moment: Date) => uuidv7(moment.getTime(), new Uint8Array(10))
