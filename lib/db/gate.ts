import type pg from 'pg'
import { fault, isFaultCode, type FaultCode } from '@/lib/core/fault'
import { redactText } from '@/lib/core/secrets'
import { pool } from '@/lib/db/pool'

/** The changes that can alter a decision, and what each is given. The list is closed: `gate_apply()` knows no other. */
export type GateChange = {
  'halt.engage': {
    id: string
    scope: 'organisation' | 'environment' | 'team' | 'agent' | 'run' | 'server' | 'tool'
    target?: string
    reason?: string
    by: string | null
    until?: string | null
    source?: string | null
  }
  /** `approval`: the request two people agreed to; left out, any about all of this halt */
  'halt.lift': { id: string; reason: string; by: string; approval?: string }
  /** lets go what the request names: one agent, or a team */
  'halt.stage': {
    id: string
    approval: string
    by: string
    /** whom, as the entry names them */ agents: readonly string[]
  }
  /** ends what two people agreed to let go and the gate has not, since somebody says no */
  'halt.keep': { id: string; approval: string }
  /** halts again what stages let go */
  'halt.stop': { id: string; by: string }
  /** that an engagement ended a stage of a lift; `id` is the stage's */
  'halt.stop_record': { id: string }
  'agent.state': { id: string; from: string; to: string; reason?: string; by: string }
  'agent.edit': {
    id: string
    by: string
    owner_id?: string
    team_id?: string
    environment?: string
    /** YYYY-MM-DD */
    review_date?: string
    purpose?: string
  }
  'credential.rotate': { id: string; expires_at: string; by: string }
  'credential.revoke': { id: string; by: string }
  'boundary.sign': {
    id: string
    by: string
    statement: string
    lapses_at: string
    /** hex of the digest the signer saw */ digest: string
    /** the categories it widens */ widened: readonly string[]
  }
  'boundary.tighten': {
    id: string
    by: string
    /** the version in force that it was compared with */ base: string
    statement: string
    /** hex */ digest: string
  }
  'boundary.close': { id: string; by: string; to: 'returned' | 'withdrawn'; reason: string }
  'elevation.grant': { id: string; by: string }
  /** `by` null: its time is over */
  'elevation.end': { id: string; by: string | null; reason: string }
  'tool.confirm': {
    id: string
    by: string
    access: 'read' | 'write'
    reversible?: boolean | null
    audience?: 'internal' | 'customer' | 'external' | null
    production?: boolean | null
    spends?: boolean | null
    surface?: 'commands' | 'code' | 'data' | null
    /** hex of the digest the person read */
    digest: string
  }
  'tool.change': {
    id: string
    /** the version compared with */
    before: number
    /** whether its calls wait for a person from here on */
    held: boolean
    title: string
    description: string
    schema: unknown
    annotations: unknown
    /** hex */
    digest: string
    access?: 'read' | 'write' | null
    reversible?: boolean | null
    audience?: 'internal' | 'customer' | 'external' | null
  }
  'resource.protect': {
    id: string
    by: string
    type: string
    name: string
    /** the name folded */
    key: string
    title: string
    kind: string
    owner_id: string
    reporter_id: string | null
    content_at: string
    /** hex */
    adopted_digest: string | null
  }
  'resource.unprotect': { id: string; by: string; reason: string }
  'upstream.connect': {
    id: string
    by: string
    /** hex of the digest of what the person read */
    digest: string
    statement: string
  }
  'upstream.disconnect': { id: string; by: string; reason: string }
  /** what becomes of an agent that lapsed, and how many days before people are told */
  'lapse.set': { by: string; on_lapse: 'read_only' | 'suspend'; remind_days: readonly number[] }
  /** from which stakes an approval takes a passkey, and a reason (ADR 0033) */
  'verdicts.govern': { by: string; passkey_from: string; reason_from: string }
  'halt.record': { id: string }
  /** the halt of a live drill is real: what lifts it by itself is void (ADR 0038) */
  'drill.keep': { id: string }
  'person.deactivate': { id: string; by: string }
  'person.reactivate': { id: string; by: string }
  'runner.revoke': { id: string; by: string }
}

/** One ledger entry as `ledger.append()` takes it; made by `lib/ledger/prepare.ts`, which lies to the right of this room. */
export type GateEntry = {
  id: string
  envelope: Buffer
  payload: { subject: string; ciphertext: Buffer } | null
  projection: Readonly<Record<string, unknown>> | null
}

/** What moved: the new epoch, and the id of the row (for `halt.engage`, of the halt that stands; `again`: half way to being lifted, it is whole again). */
export type Applied =
  { applied: true; epoch: bigint; id: string } | { applied: false; refused: FaultCode; id: string | null; again?: true }

/** What stops agents, or keeps them stopped: it ends what it waits for. */
const STOPS: ReadonlySet<keyof GateChange> = new Set(['halt.engage', 'halt.stop', 'halt.keep', 'drill.keep'])

const LOCK_TIMED_OUT = '55P03'
const ROUNDS = 3

/**
 * Applies one change under lock K in one autocommit call: row, epoch and entry, or nothing (ADR 0001). It uses a reserved
 * connection, so that a halt gets through when every other one is busy, and ends whoever keeps K for more than a second. What stops
 * agents also ends whoever of this login keeps a row it needs.
 * @throws Fault `unavailable` when K could not be had in three rounds
 */
export async function applyChange<C extends keyof GateChange>(
  change: C,
  args: GateChange[C],
  entry: GateEntry,
  connections: pg.Pool = pool('reserved'),
): Promise<Applied> {
  const apply = () => applyOnce(connections, change, args, entry)
  for (let round = 1; ; round++) {
    try {
      return await (STOPS.has(change) ? unblocked(connections, apply) : apply())
    } catch (error) {
      if ((error as { code?: unknown }).code !== LOCK_TIMED_OUT) throw error
      if (round === ROUNDS)
        throw fault('unavailable', {
          detail: 'The gate is held by something that does not end. Try again.',
          cause: error,
        })
      await endHolders(connections)
    }
  }
}

/** Like `applyChange`, for callers to whom a refusal is an error. @throws Fault with the refusal's code */
export async function changeOrRefuse<C extends keyof GateChange>(
  change: C,
  args: GateChange[C],
  entry: GateEntry,
): Promise<bigint> {
  const answer = await applyChange(change, args, entry)
  if (!answer.applied) throw fault(answer.refused)
  return answer.epoch
}

async function applyOnce(
  connections: pg.Pool,
  change: string,
  args: GateChange[keyof GateChange],
  entry: GateEntry,
): Promise<Applied> {
  const { rows } = await connections.query<{
    answer: { applied: boolean; epoch?: number; id?: string; refused?: string; again?: boolean }
  }>({
    name: 'gate-apply',
    text: 'SELECT gate_apply($1, $2, $3, $4, $5, $6, $7) AS answer',
    values: [
      change,
      JSON.stringify(withoutSecrets(args)),
      entry.id,
      entry.envelope,
      entry.payload?.subject ?? null,
      entry.payload?.ciphertext ?? null,
      entry.projection === null ? null : JSON.stringify(entry.projection),
    ],
  })
  return answeredBy(rows[0]?.answer, entry.id)
}

/** What the gate's functions answer, as it is told on. */
export function answeredBy(
  answer: { applied: boolean; epoch?: number; id?: string; refused?: string; again?: boolean } | undefined,
  id: string,
): Applied {
  if (answer?.applied === true && answer.epoch !== undefined)
    return { applied: true, epoch: BigInt(answer.epoch), id: answer.id ?? id }
  const refused = answer?.refused
  return {
    applied: false,
    refused: refused !== undefined && isFaultCode(refused) ? refused : 'conflict',
    id: answer?.id ?? null,
    ...(answer?.again === true && { again: true }),
  }
}

/** Why somebody did it is kept beside the row, too: without the secrets that slipped into it (C41), as in the ledger. */
export function withoutSecrets(args: GateChange[keyof GateChange]): object {
  return 'reason' in args && args.reason !== undefined ? { ...args, reason: redactText(args.reason).text } : args
}

/** Ends the backends that hold K: they belong to the same login, so no privilege is needed. */
async function endHolders(connections: pg.Pool): Promise<void> {
  await connections.query(
    `SELECT pg_terminate_backend(pid) FROM pg_locks
     WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
       AND ((classid::bigint << 32) | objid::bigint) = gate_key() AND objsubid = 1 AND granted AND pid <> pg_backend_pid()`,
  )
}

/** A halt that waits this long ends what it waits for; decisions take milliseconds. */
const PATIENCE_MS = 500

/**
 * Runs what a halt does, and while it waits for a lock ends the backends of this login at the root of the wait: those that block others and
 * wait for nobody. Locks of other logins cannot be ended from here.
 */
export async function unblocked<T>(connections: pg.Pool, work: () => Promise<T>): Promise<T> {
  const timer = setInterval(() => {
    connections.query(END_ROOTS).catch(() => undefined) // the work itself says what it failed of
  }, PATIENCE_MS)
  try {
    return await work()
  } finally {
    clearInterval(timer)
  }
}

const END_ROOTS = `
WITH RECURSIVE blocks AS (
  SELECT unnest(pg_blocking_pids(pid)) AS pid FROM pg_stat_activity
   WHERE datname = current_database() AND usename = current_user AND wait_event_type = 'Lock'
     AND query ~ '^SELECT (gate_apply|(halt_engage|halt_stop|drill_keep)_unrecorded)[(]'
  UNION SELECT unnest(pg_blocking_pids(b.pid)) FROM blocks b)
SELECT pg_terminate_backend(s.pid) FROM blocks JOIN pg_stat_activity s USING (pid)
 WHERE s.usename = current_user AND s.pid <> pg_backend_pid() AND cardinality(pg_blocking_pids(s.pid)) = 0
   AND coalesce(s.state_change, s.query_start) < clock_timestamp() - interval '300 ms'`
