import type { Severity } from '@/lib/alerts/alert'
import { query, queryOne, type Sql } from '@/lib/ledger/sql'
import type { Absent } from '@/lib/people/delegation'
import type { Role } from '@/lib/people/role'
import { DEFAULT_CHOICE, readWants, type Choice } from './choice'

type Raw = {
  wants: unknown
  severity: Severity | null
  timeZone: string | null
  houseZone: string
  quietFrom: number | null
  quietUntil: number | null
  urgent: boolean | null
}
const CHOICE = `c.wants, c.severity, c.time_zone AS "timeZone", coalesce(o.time_zone, 'UTC') AS "houseZone", c.quiet_from AS "quietFrom",
  c.quiet_until AS "quietUntil", c.urgent`

/** Somebody who can be told: who they are to the seat rule, and what they want. */
export type Listener = {
  id: string
  email: string
  roles: Role[]
  team: string | null
  onCall: boolean
  /** those who are away and named them (ADR 0032) */
  standsInFor: Absent[]
  choice: Choice
}

/** Everybody with an active account, or those of them that are named. */
export async function listeners(sql: Sql, now: Date, only: readonly string[] | null = null): Promise<Listener[]> {
  if (only?.length === 0) return []
  const rows = await query<Omit<Listener, 'choice'> & Raw>(
    sql,
    `SELECT p.id::text AS id, p.email, p.roles, t.name AS team, ${CHOICE},
            EXISTS (SELECT FROM on_call_shift s WHERE s.person_id = p.id AND s.starts_at <= $1::timestamptz
                       AND (s.ends_at IS NULL OR s.ends_at > $1::timestamptz)) AS "onCall",
            (SELECT coalesce(jsonb_agg(jsonb_build_object('id', a.id, 'name', a.name, 'email', a.email, 'roles', a.roles, 'team', m.name) ORDER BY d.id), '[]')
               FROM delegation d JOIN person a ON a.id = d.delegator_id AND a.deactivated_at IS NULL LEFT JOIN team m ON m.id = a.team_id
              WHERE d.delegate_id = p.id AND d.ended_at IS NULL AND d.starts_at <= $1::timestamptz AND d.ends_at > $1::timestamptz) AS "standsInFor"
       FROM person p LEFT JOIN team t ON t.id = p.team_id LEFT JOIN notification_choice c ON c.person_id = p.id LEFT JOIN organisation o ON o.id = 1
      WHERE p.deactivated_at IS NULL AND ($2::text IS NULL OR p.id = ANY (string_to_array($2, ',')::uuid[])) ORDER BY p.id`,
    [now, only?.join(',') ?? null],
  )
  return rows.map(({ id, email, roles, team, onCall, standsInFor, ...raw }) => ({
    id,
    email,
    roles,
    team,
    onCall,
    standsInFor,
    choice: toChoice(raw),
  }))
}

/** What one person wants; the defaults where they said nothing. */
export async function choiceOf(sql: Sql, personId: string): Promise<Choice & { said: boolean; houseZone: string }> {
  const raw = await queryOne<Raw>(
    sql,
    `SELECT ${CHOICE} FROM person p LEFT JOIN notification_choice c ON c.person_id = p.id LEFT JOIN organisation o ON o.id = 1 WHERE p.id = $1::uuid`,
    [personId],
  )
  const found = raw ?? {
    wants: null,
    severity: null,
    timeZone: null,
    houseZone: 'UTC',
    quietFrom: null,
    quietUntil: null,
    urgent: null,
  }
  return { ...toChoice(found), said: found.severity !== null, houseZone: found.houseZone }
}

/** Sets what one person wants. `timeZone` null: the organisation's. */
export async function setChoice(
  sql: Sql,
  personId: string,
  choice: Omit<Choice, 'timeZone'> & { timeZone: string | null },
  at: Date,
): Promise<void> {
  await query(
    sql,
    `INSERT INTO notification_choice (person_id, wants, severity, time_zone, quiet_from, quiet_until, urgent, updated_at)
     VALUES ($1::uuid, $2::jsonb, $3, $4, $5::int, $6::int, $7::boolean, $8::timestamptz)
     ON CONFLICT (person_id) DO UPDATE SET wants = EXCLUDED.wants, severity = EXCLUDED.severity, time_zone = EXCLUDED.time_zone,
       quiet_from = EXCLUDED.quiet_from, quiet_until = EXCLUDED.quiet_until, urgent = EXCLUDED.urgent, updated_at = EXCLUDED.updated_at`,
    [
      ...[personId, JSON.stringify(choice.wants), choice.severity, choice.timeZone],
      ...[choice.quiet?.from ?? null, choice.quiet?.until ?? null, choice.urgent ? 'true' : 'false', at],
    ],
  )
}

function toChoice({ wants, severity, timeZone, houseZone, quietFrom, quietUntil, urgent }: Raw): Choice {
  return {
    wants: readWants(wants),
    severity: severity ?? DEFAULT_CHOICE.severity,
    timeZone: timeZone ?? houseZone,
    quiet: quietFrom === null || quietUntil === null ? null : { from: quietFrom, until: quietUntil },
    urgent: urgent ?? DEFAULT_CHOICE.urgent,
  }
}
