import { query, type Sql } from '@/lib/ledger/sql'

export type SaidRow = {
  id: string
  idx: string | null
  kind: string
  agent: string
  owner: string | null
  actor: string | null
}

const KINDS = `('agent.registered', 'agent.handed_over', 'agent.taken_over')`
const SELECT = `SELECT e.id::text AS id, l.idx::text AS idx, e.kind, e.agent_id::text AS agent,
    convert_from(e.envelope, 'UTF8')::jsonb ->> 'owner' AS owner, e.person_id::text AS actor
  FROM ledger.entry e LEFT JOIN ledger.leaf l ON l.entry_id = e.id`

/** Everything the ledger says of who answers for an agent; index entry_agent. */
export function ownershipOf(sql: Sql, agentId: string): Promise<SaidRow[]> {
  return query(sql, `${SELECT} WHERE e.agent_id = $1::uuid AND e.kind IN ${KINDS} ORDER BY e.id`, [agentId])
}

/** The same of every agent that somebody ever answered for; index entry_kind: transfers are few. */
export function ownershipAround(sql: Sql, personId: string): Promise<SaidRow[]> {
  return query(
    sql,
    `${SELECT} WHERE e.kind IN ${KINDS} AND e.agent_id IN (
       SELECT o.agent_id FROM ledger.entry o WHERE o.kind IN ${KINDS}
          AND position(convert_to('"owner":"' || $1 || '"', 'UTF8') IN o.envelope) > 0)
     ORDER BY e.id`,
    [personId],
  )
}

/** More decisions than this are said to be more, and not counted. */
export const MOST_COUNTED = 100_000

/**
 * How many decisions an agent was given, by answer, while somebody answered for it: every entry names its owner as of then.
 * Counted to a bound; index entry_agent. Ids are those of the first moment of the period and of the first after it.
 */
export function countOwned(
  sql: Sql,
  asked: { agentId: string; personId: string; from: string; to: string },
): Promise<{ outcome: string; n: number }[]> {
  return query(
    sql,
    `SELECT outcome, count(*)::int AS n FROM (
       SELECT e.outcome FROM ledger.entry e
        WHERE e.agent_id = $1::uuid AND e.kind = 'action.decided' AND e.id >= $3::uuid AND e.id < $4::uuid
          AND position(convert_to('"owner":"' || $2 || '"', 'UTF8') IN e.envelope) > 0
        LIMIT $5::int) counted
      WHERE outcome IS NOT NULL GROUP BY outcome`,
    [asked.agentId, asked.personId, asked.from, asked.to, MOST_COUNTED + 1],
  )
}

export type DoneRow = {
  id: string
  idx: string | null
  kind: string
  outcome: string | null
  agent: string | null
  action: string | null
}

/** What a person did themselves in a period, newest first, by kinds; index entry_person. */
export function doneBy(
  sql: Sql,
  asked: { personId: string; kinds: readonly string[]; from: string; to: string; most: number },
): Promise<DoneRow[]> {
  return query(
    sql,
    `SELECT e.id::text AS id, l.idx::text AS idx, e.kind, e.outcome, e.agent_id::text AS agent, e.action_id::text AS action
       FROM (SELECT id, kind, outcome, agent_id, action_id FROM ledger.entry
              WHERE person_id = $1::uuid AND kind = ANY (string_to_array($2, ',')) AND id >= $3::uuid AND id < $4::uuid
              ORDER BY id DESC LIMIT $5::int) e
       LEFT JOIN ledger.leaf l ON l.entry_id = e.id ORDER BY e.id DESC`,
    [asked.personId, asked.kinds.join(','), asked.from, asked.to, asked.most],
  )
}

/** When a person was deactivated and came back; index entry_kind. */
export function accountOf(sql: Sql, personId: string): Promise<{ id: string; idx: string | null; kind: string }[]> {
  return query(
    sql,
    `SELECT e.id::text AS id, l.idx::text AS idx, e.kind FROM ledger.entry e LEFT JOIN ledger.leaf l ON l.entry_id = e.id
      WHERE e.kind IN ('person.deactivated', 'person.reactivated')
        AND position(convert_to('"person":"' || $1 || '"', 'UTF8') IN e.envelope) > 0 ORDER BY e.id`,
    [personId],
  )
}

/** The last entry of some kinds about an agent before a moment; index entry_agent. */
export function lastOfAgent(
  sql: Sql,
  agentId: string,
  kinds: readonly string[],
  before: string,
): Promise<{ id: string; idx: string | null; kind: string; version: number | null; actor: string | null }[]> {
  return query(
    sql,
    `SELECT e.id::text AS id, l.idx::text AS idx, e.kind, e.person_id::text AS actor,
            (convert_from(e.envelope, 'UTF8')::jsonb #>> '{boundary,version}')::int AS version
       FROM (SELECT id, kind, person_id, envelope FROM ledger.entry
              WHERE agent_id = $1::uuid AND kind = ANY (string_to_array($2, ',')) AND id <= $3::uuid ORDER BY id DESC LIMIT 1) e
       LEFT JOIN ledger.leaf l ON l.entry_id = e.id`,
    [agentId, kinds.join(','), before],
  )
}
