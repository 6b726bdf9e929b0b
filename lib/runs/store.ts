import { type Limits, LONGEST_OBSERVATION_MS } from '@/lib/boundary/boundary'
import { query, queryOne, type Sql } from '@/lib/ledger/sql'
import type { Attestation } from './contract'
import { LEASE } from './leases'

/** A run as decisions read it. What it attested never changes; the taint only ever comes. */
export type RunRow = {
  id: string
  agentId: string
  ownerId: string
  /** whether its agent is active */
  active: boolean
  sandbox: Attestation | null
  tainted: boolean
  open: boolean
  openedAt: Date
  leaseUntil: Date | null
  closedAt: Date | null
  taintedAt: Date | null
  /** its client holds the lease, and renews it */
  renews: boolean
  /** where it runs, in the agent's words */
  host: string | null
  /** the lapse that is in the ledger */
  lapsedAt: Date | null
  /** the longest lease a client that renews may have, in seconds */
  leaseMost: number
  /** tokens of the model it has used, as far as they were reported */
  tokens: number
}

/** The longest lease a client of an agent may have; an agent's own can only be shorter than the organisation's. */
const leaseMost = (agentId: string) =>
  `coalesce((SELECT least(o.lease_seconds, g.lease_seconds) FROM agent g, organisation o WHERE g.id = ${agentId}), ${String(LEASE.byDefault)})`

const RUN = `id::text AS id, agent_id::text AS "agentId", sandbox, tainted_at IS NOT NULL AS tainted,
  closed_at IS NULL AND lease_until > clock_timestamp() AS open, opened_at AS "openedAt", lease_until AS "leaseUntil", closed_at AS "closedAt", tainted_at AS "taintedAt",
  renews, host, lapsed_at AS "lapsedAt", ${leaseMost('run.agent_id')} AS "leaseMost", greatest(tokens, action_tokens)::float8 AS tokens,
  (SELECT g.state = 'active' FROM agent g WHERE g.id = run.agent_id) AS active,
  (SELECT g.owner_id::text FROM agent g WHERE g.id = run.agent_id) AS "ownerId"`

/** A run by its id, or null. */
export function findRun(sql: Sql, id: string): Promise<RunRow | null> {
  return queryOne(sql, `SELECT ${RUN} FROM run WHERE id = $1::uuid`, [id])
}

/** Inserts an open run. It inherits the taint of its agent: opening another run does not shed it (C13). */
export async function insertRun(
  sql: Sql,
  run: {
    id: string
    agentId: string
    sandbox: Attestation | null
    seconds: number
    tainted: boolean
    renews: boolean
    host: string | null
  },
): Promise<RunRow> {
  const row = await queryOne<RunRow>(
    sql,
    `INSERT INTO run (id, agent_id, sandbox, lease_until, renews, host, tainted_at)
     SELECT $1::uuid, a.id, $3::jsonb, clock_timestamp() + $4::int * interval '1 second', $6::boolean, $7::text,
            CASE WHEN $5::boolean OR a.tainted_until > clock_timestamp() THEN clock_timestamp() END
       FROM agent a WHERE a.id = $2::uuid RETURNING ${RUN}`,
    [
      run.id,
      run.agentId,
      run.sandbox === null ? null : JSON.stringify(run.sandbox),
      run.seconds,
      String(run.tainted),
      String(run.renews),
      run.host,
    ],
  )
  if (row === null) throw new Error('a run needs its agent')
  return row
}

type Ruling = { limits: Limits; observeUntil: number | null; signedAt: number } | null

/**
 * How many runs an agent may have open at a time, by its boundary in force and the baseline; null where neither says, or only a boundary
 * that observes. Until the transaction ends, nobody else opens one for it.
 */
export async function lockOpenRuns(
  sql: Sql,
  agentId: string,
  now: Date,
): Promise<{ most: number | null; open: number; leaseMost: number }> {
  await query(sql, 'SELECT pg_advisory_xact_lock(hashtextextended($1, 0))::text', [`runs:${agentId}`])
  const ruling = (where: string) => `(SELECT json_build_object('limits', v.document -> 'limits',
      'observeUntil', v.document #> '{mode,observe_until}', 'signedAt', extract(epoch FROM v.signed_at) * 1000)
      FROM boundary_version v WHERE ${where} AND v.status = 'signed' ORDER BY v.version DESC LIMIT 1)`
  const row = await queryOne<{ boundary: Ruling; baseline: Ruling; open: number; leaseMost: number }>(
    sql,
    `SELECT ${ruling('v.agent_id = $1::uuid')} AS boundary, ${ruling('v.agent_id IS NULL')} AS baseline,
       (SELECT count(*)::int FROM run r WHERE r.agent_id = $1::uuid AND r.closed_at IS NULL AND r.lease_until > clock_timestamp()) AS open,
       ${leaseMost('$1::uuid')} AS "leaseMost"`,
    [agentId],
  )
  const all = [row?.boundary ?? null, row?.baseline ?? null].flatMap((ruling) => {
    const most = ruling === null || onlyObserves(ruling, now) ? undefined : ruling.limits.concurrent_runs
    return most === undefined ? [] : [most]
  })
  return {
    most: all.length === 0 ? null : Math.min(...all),
    open: row?.open ?? 0,
    leaseMost: row?.leaseMost ?? LEASE.byDefault,
  }
}

function onlyObserves({ observeUntil, signedAt }: NonNullable<Ruling>, now: Date): boolean {
  return observeUntil !== null && now.getTime() < Math.min(observeUntil, signedAt + LONGEST_OBSERVATION_MS)
}

/**
 * Keeps a run of an agent alive so many seconds from now, or ends it (0); null when it is not one, or is over.
 * @param graceMs how long ago its lease may have lapsed
 */
export function renewRun(
  sql: Sql,
  id: string,
  agentId: string,
  seconds: number,
  graceMs: number,
): Promise<RunRow | null> {
  return queryOne(
    sql,
    `UPDATE run SET lease_until = clock_timestamp() + $3::int * interval '1 second', lapsed_at = NULL, closed_at = CASE WHEN $3::int = 0 THEN clock_timestamp() END
      WHERE id = $1::uuid AND agent_id = $2::uuid AND closed_at IS NULL
        AND lease_until > clock_timestamp() - $4::int * interval '1 millisecond' RETURNING ${RUN}`,
    [id, agentId, seconds, graceMs],
  )
}

/** Marks a run as having read untrusted content. */
export async function markTainted(sql: Sql, id: string): Promise<void> {
  await query(sql, 'UPDATE run SET tainted_at = clock_timestamp() WHERE id = $1::uuid AND tainted_at IS NULL', [id])
}

/** The agent of a tainted run stays tainted for an hour longer than the run can live (DESIGN §4, taint). */
export async function prolongTaint(sql: Sql, runId: string): Promise<void> {
  await query(
    sql,
    `UPDATE agent a SET tainted_until = greatest(r.lease_until, clock_timestamp()) + interval '1 hour' FROM run r
      WHERE r.id = $1::uuid AND a.id = r.agent_id AND r.tainted_at IS NOT NULL
        AND (a.tainted_until IS NULL OR a.tainted_until < greatest(r.lease_until, clock_timestamp()) + interval '59 minutes')`,
    [runId],
  )
}

/** A run whose client did not renew its lease. */
export type LapsedRow = { id: string; agentId: string; ownerId: string }

/**
 * Notes that leases of clients that renew have ended, at most so many; answers whose. Nobody else notes the same lapse; index run_to_lapse.
 */
export function markLapsed(sql: Sql, most: number): Promise<LapsedRow[]> {
  return query(
    sql,
    `UPDATE run SET lapsed_at = lease_until
      WHERE id IN (SELECT id FROM run WHERE renews AND closed_at IS NULL AND lapsed_at IS NULL AND lease_until <= clock_timestamp()
                    ORDER BY lease_until LIMIT $1::int FOR UPDATE SKIP LOCKED)
      RETURNING id::text AS id, agent_id::text AS "agentId", (SELECT g.owner_id::text FROM agent g WHERE g.id = run.agent_id) AS "ownerId"`,
    [most],
  )
}
