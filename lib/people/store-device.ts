import type { Db } from '@/lib/db/client'
import { newId } from '@/lib/core/ids'
import { query, queryOne } from '@/lib/ledger/sql'
import { COMMAND_LINE_HOURS, type DeviceLogin } from './device-login'

/** A login as it is kept: without its device code. Ids are bare UUIDs. */
export type DeviceLoginRow = DeviceLogin & {
  id: string
  userCode: string
  machine: string
  userAgent: string
  address: string
  askedAt: Date
  personId: string | null
  answeredAt: Date | null
  sessionId: string | null
}

// Stands: nothing that ended the person's account or their browser's session came between the answer and this moment.
const LOGIN = `d.id::text AS id, d.user_code AS "userCode", d.machine, d.user_agent AS "userAgent", d.address, d.asked_at AS "askedAt",
  d.expires_at AS "expiresAt", d.interval_seconds AS "intervalSeconds", d.polled_at AS "polledAt", d.person_id::text AS "personId",
  d.answer, d.answered_at AS "answeredAt", d.session_id::text AS "sessionId", d.claimed_at AS "claimedAt",
  EXISTS (SELECT FROM session s JOIN person p ON p.id = s.person_id
    WHERE s.id = d.answered_in AND s.revoked_at IS NULL AND s.expires_at > $2::timestamptz AND p.deactivated_at IS NULL) AS stands`

/** Keeps a login; false when its user code is another's, who asked a moment ago. */
export async function insertDeviceLogin(
  db: Db,
  row: {
    deviceCodeHash: Buffer
    userCode: string
    machine: string
    userAgent: string
    address: string
    askedAt: Date
    expiresAt: Date
    intervalSeconds: number
  },
): Promise<boolean> {
  const made = await query(
    db,
    `INSERT INTO device_login (id, device_code_hash, user_code, machine, user_agent, address, asked_at, expires_at, interval_seconds)
     VALUES ($1::uuid, $2::bytea, $3::text, $4::text, $5::text, $6::text, $7::timestamptz, $8::timestamptz, $9::int)
     ON CONFLICT (user_code) DO NOTHING RETURNING id`,
    [
      newId(row.askedAt.getTime()),
      row.deviceCodeHash,
      row.userCode,
      row.machine,
      row.userAgent,
      row.address,
      row.askedAt,
      row.expiresAt,
      row.intervalSeconds,
    ],
  )
  return made.length === 1
}

/** How many logins wait to be answered at a moment, from one address and in all. */
export async function countWaiting(db: Db, address: string, now: Date): Promise<{ here: number; all: number }> {
  const row = await queryOne<{ here: number; all: number }>(
    db,
    `SELECT count(*) FILTER (WHERE address = $1::text)::int AS here, count(*)::int AS "all" FROM device_login
      WHERE asked_at > $2::timestamptz - interval '15 minutes' AND expires_at > $2::timestamptz AND answer IS NULL`,
    [address, now],
  )
  return row ?? { here: 0, all: 0 }
}

/** The login behind a device code, locked until the transaction ends: of two who ask with it, one waits for the other. */
export async function lockByDeviceCode(db: Db, hash: Buffer, now: Date): Promise<DeviceLoginRow | null> {
  return queryOne(db, `SELECT ${LOGIN} FROM device_login d WHERE d.device_code_hash = $1::bytea FOR UPDATE OF d`, [
    hash,
    now,
  ])
}

/**
 * Gives a login to whoever typed its code, once; null where the code is nobody's, is over, was answered, or was typed by somebody else.
 */
export function takeByUserCode(db: Db, userCode: string, now: Date, personId: string): Promise<{ id: string } | null> {
  return queryOne(
    db,
    `UPDATE device_login SET person_id = $3::uuid, found_at = coalesce(found_at, $2::timestamptz)
      WHERE user_code = $1::text AND expires_at > $2::timestamptz AND answer IS NULL AND (person_id IS NULL OR person_id = $3::uuid)
      RETURNING id::text AS id`,
    [userCode, now, personId],
  )
}

/** A login somebody typed the code of; null for everybody else. */
export function findDeviceLogin(db: Db, id: string, now: Date, personId: string): Promise<DeviceLoginRow | null> {
  return queryOne(db, `SELECT ${LOGIN} FROM device_login d WHERE d.id = $1::uuid AND d.person_id = $3::uuid`, [
    id,
    now,
    personId,
  ])
}

/** Answers a login in time, once; false where it was answered before or is over. */
export async function writeAnswer(
  db: Db,
  login: { id: string; personId: string; answer: 'allowed' | 'refused'; session: string },
  now: Date,
): Promise<boolean> {
  const rows = await query(
    db,
    `UPDATE device_login SET answer = $3::text, answered_at = $2::timestamptz, answered_in = $4::uuid
      WHERE id = $1::uuid AND person_id = $5::uuid AND answer IS NULL AND expires_at > $2::timestamptz RETURNING id`,
    [login.id, now, login.answer, login.session, login.personId],
  )
  return rows.length === 1
}

/**
 * Forgets the logins a person typed the code of and that gave nothing yet; answers those they had allowed. One that is being claimed at this
 * moment is waited for: its session is there to be ended afterwards.
 */
export async function forgetUnclaimed(db: Db, personId: string): Promise<{ id: string; machine: string }[]> {
  const rows = await query<{ id: string; machine: string; answer: string | null }>(
    db,
    `DELETE FROM device_login WHERE person_id = $1::uuid AND session_id IS NULL RETURNING id::text AS id, machine, answer`,
    [personId],
  )
  return rows.filter(({ answer }) => answer === 'allowed')
}

/** Notes that its command line asked. */
export async function notePoll(db: Db, id: string, intervalSeconds: number, now: Date): Promise<void> {
  await query(
    db,
    'UPDATE device_login SET polled_at = $2::timestamptz, interval_seconds = $3::int WHERE id = $1::uuid',
    [id, now, intervalSeconds],
  )
}

/** Opens the session of a login, under the hash of its token, and closes the login with it. Answers the session's id. */
export async function insertCommandLine(
  db: Db,
  login: Pick<DeviceLoginRow, 'id' | 'machine' | 'userAgent' | 'address'> & {
    personId: string
    tokenHash: Uint8Array<ArrayBuffer>
  },
  now: Date,
): Promise<{ id: string; expiresAt: Date }> {
  const id = newId(now.getTime())
  const { personId, tokenHash, machine, userAgent, address } = login
  const expiresAt = new Date(now.getTime() + COMMAND_LINE_HOURS * 3_600_000)
  await db.session.create({
    data: { id, personId, tokenHash, machine, userAgent, address, createdAt: now, lastSeenAt: now, expiresAt },
    select: { id: true },
  })
  await query(db, 'UPDATE device_login SET session_id = $2::uuid, claimed_at = $3::timestamptz WHERE id = $1::uuid', [
    login.id,
    id,
    now,
  ])
  return { id, expiresAt }
}

/** Whose command line shows this token, also one that has ended; null for none. */
export function findCommandLine(
  db: Db,
  tokenHash: Uint8Array<ArrayBuffer>,
): Promise<{ id: string; personId: string } | null> {
  return db.session.findUnique({ where: { tokenHash }, select: { id: true, personId: true } })
}

/** Deletes the logins that were asked for before a moment; answers how many. */
export async function forgetDeviceLogins(db: Db, before: Date): Promise<number> {
  const rows = await query(db, 'DELETE FROM device_login WHERE asked_at < $1::timestamptz RETURNING id', [before])
  return rows.length
}
