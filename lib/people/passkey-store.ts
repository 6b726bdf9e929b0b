import { newId } from '@/lib/core/ids'
import type { Db } from '@/lib/db/client'
import { challengeOf, CHALLENGE_MS, type Statement } from './passkey-statement'

/** The living passkeys of a person, the newest first; uses `passkey_person_id_idx`. */
export function livingPasskeys(db: Db, personId: string) {
  return db.passkey.findMany({ where: { personId, removedAt: null }, orderBy: { createdAt: 'desc' } })
}

/** A passkey by what its authenticator calls it, removed or not. */
export function findCredential(db: Db, credentialId: Uint8Array) {
  return db.passkey.findUnique({ where: { credentialId: new Uint8Array(credentialId) } })
}

/** Keeps what somebody is asked to sign, until it expires. */
export async function insertChallenge(db: Db, statement: Statement, now: Date): Promise<Buffer> {
  const challenge = challengeOf(statement)
  const { person, what, subject, digest } = statement
  await db.passkeyChallenge.create({
    data: {
      id: newId(now.getTime()),
      personId: person,
      what,
      subjectId: subject,
      digest: digest === null ? null : new Uint8Array(Buffer.from(digest.slice('sha256:'.length), 'hex')),
      statement,
      challenge: new Uint8Array(challenge),
      createdAt: now,
      expiresAt: new Date(now.getTime() + CHALLENGE_MS),
    },
    select: { id: true },
  })
  return challenge
}

/**
 * Takes a challenge, once: whoever comes second, or late, or is somebody else, gets null. By the database's clock, in one statement.
 */
export async function takeChallenge(
  db: Db,
  challenge: Uint8Array,
  personId: string,
  what: string,
): Promise<{ id: string; statement: Statement } | null> {
  const rows = await db.$queryRaw<{ id: string; statement: Statement }[]>`
    UPDATE passkey_challenge SET used_at = clock_timestamp()
    WHERE challenge = ${Buffer.from(challenge)} AND person_id = ${personId}::uuid AND what = ${what}
      AND used_at IS NULL AND expires_at > clock_timestamp()
    RETURNING id::text, statement`
  return rows[0] ?? null
}

/** Writes beside a taken challenge which passkey answered it. */
export async function answerChallenge(db: Db, id: string, passkeyId: string): Promise<void> {
  await db.passkeyChallenge.update({ where: { id }, data: { passkeyId }, select: { id: true } })
}

/**
 * Moves a passkey's signature counter on (WebAuthn §6.1.1); false when it was removed meanwhile, or the counter does not move. An
 * authenticator that counts nothing says 0 each time.
 */
export async function countUse(db: Db, id: string, counter: number, now: Date): Promise<boolean> {
  const changed = await db.$executeRaw`
    UPDATE passkey SET counter = ${BigInt(counter)}, last_used_at = ${now}
    WHERE id = ${id}::uuid AND removed_at IS NULL AND (counter < ${BigInt(counter)} OR (counter = 0 AND ${BigInt(counter)} = 0))`
  return changed === 1
}

/** Drops challenges nobody can answer any more. */
export async function forgetChallenges(db: Db, now: Date): Promise<number> {
  const { count } = await db.passkeyChallenge.deleteMany({ where: { expiresAt: { lt: now } } })
  return count
}

/** Whether every signature needs a passkey by now; Postgres asks the same when it is put in force. */
export async function signaturesNeedPasskey(db: Db): Promise<boolean> {
  const rows = await db.$queryRaw<{ needed: boolean }[]>`SELECT signatures_need_passkey() AS needed`
  return rows[0]?.needed !== false
}
