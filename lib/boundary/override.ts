import { digestText } from '@/lib/core/digest-text'
import { fault } from '@/lib/core/fault'
import { newId } from '@/lib/core/ids'
import type { Db } from '@/lib/db/client'
import { append } from '@/lib/ledger/append'
import type { VersionRow } from './store'
import type { Governed } from './subject'

/** Two people who say that a widening need not wait (C12). `agreed` null: one asked, and nobody has agreed yet. */
export type Override = {
  id: string
  reason: string
  asked: { id: string; name: string; at: Date }
  agreed: { id: string; name: string; at: Date } | null
}

/** The override of a version as it stands; null when nobody asked, or for another text. */
export async function overrideOf(db: Db, version: VersionRow): Promise<Override | null> {
  const row = await db.wideningOverride.findUnique({
    where: { boundaryId_digest: { boundaryId: version.id, digest: Uint8Array.from(version.digest) } },
  })
  if (row === null) return null
  const people = await db.person.findMany({
    where: { id: { in: [row.askedBy, ...(row.agreedBy === null ? [] : [row.agreedBy])] } },
    select: { id: true, name: true },
  })
  const name = (id: string) => people.find((one) => one.id === id)?.name ?? 'somebody'
  return {
    id: row.id,
    reason: row.reason,
    asked: { id: row.askedBy, name: name(row.askedBy), at: row.askedAt },
    agreed:
      row.agreedBy === null || row.agreedAt === null
        ? null
        : { id: row.agreedBy, name: name(row.agreedBy), at: row.agreedAt },
  }
}

/**
 * Asks that a draft which widens need not wait for the watching period to end. Another person has to agree. In a transaction.
 * @throws Fault `already_decided`, `digest_mismatch`, `already_exists`
 */
export async function askOverride(
  db: Db,
  person: { id: string },
  of: Governed | null,
  version: VersionRow,
  input: { digest: string; reason: string },
  now: Date,
): Promise<void> {
  refuseChanged(version, input.digest)
  if ((await overrideOf(db, version)) !== null)
    throw fault('already_exists', { detail: 'Somebody asked for an override of exactly this already.' })
  const id = newId(now.getTime())
  await db.$executeRaw`
    INSERT INTO widening_override (id, boundary_id, digest, asked_by, reason)
    VALUES (${id}::uuid, ${version.id}::uuid, ${Uint8Array.from(version.digest)}, ${person.id}::uuid, ${input.reason})`
  await record(db, 'boundary.override_asked', person, of, version, { reason: input.reason })
}

/**
 * Agrees to an override, as its second person, who may be the one who signs. In a transaction; Postgres holds that it is another person.
 * @throws Fault `not_found`, `already_decided`, `digest_mismatch`, `separation_of_duties`
 */
export async function agreeOverride(
  db: Db,
  person: { id: string },
  of: Governed | null,
  version: VersionRow,
  input: { digest: string },
  now: Date,
): Promise<void> {
  refuseChanged(version, input.digest)
  const found = await overrideOf(db, version)
  if (found === null) throw fault('not_found', { detail: 'Nobody asked for an override of this.' })
  if (found.agreed !== null) throw fault('already_decided', { detail: `${found.agreed.name} agreed already.` })
  if (found.asked.id === person.id)
    throw fault('separation_of_duties', { detail: 'You asked for it, so another person agrees.' })
  const { count } = await db.wideningOverride.updateMany({
    where: { id: found.id, agreedBy: null },
    data: { agreedBy: person.id, agreedAt: now },
  })
  if (count !== 1) throw fault('already_decided')
  await record(db, 'boundary.override_agreed', person, of, version, null)
}

function refuseChanged(version: VersionRow, digest: string): void {
  if (version.status !== 'draft')
    throw fault('already_decided', { detail: `Version ${String(version.version)} is ${version.status} already.` })
  if (digestText(version.digest) !== digest)
    throw fault('digest_mismatch', { detail: 'The draft was changed since this page was loaded. Load it again.' })
}

async function record(
  db: Db,
  kind: 'boundary.override_asked' | 'boundary.override_agreed',
  person: { id: string },
  of: Governed | null,
  version: VersionRow,
  payload: { reason: string } | null,
): Promise<void> {
  await append(db, {
    kind,
    actor: `person:${person.id}`,
    agent: of?.id ?? null,
    owner: of?.ownerId ?? null,
    boundary: { version: version.version, digest: digestText(version.digest) },
    about: { boundary: version.id },
    ...(payload && { payload }),
  })
}
