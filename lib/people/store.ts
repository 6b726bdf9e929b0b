import type { Db } from '@/lib/db/client'
import { newId } from '@/lib/core/ids'
import { redactText } from '@/lib/core/secrets'
import type { CosignedChange } from './co-signature'
import type { Role } from './role'

/**
 * Makes everything that changes who may do what wait in one line until this transaction ends: two administrators who remove
 * each other at the same moment must not both succeed.
 */
export async function lockPeople(db: Db): Promise<void> {
  await db.$queryRaw`SELECT id FROM organisation WHERE id = 1 FOR UPDATE`
}

/** Tells every replica's open pages that something about people changed. Heard when the transaction commits. */
export async function tellPeople(db: Db): Promise<void> {
  await db.$queryRaw`SELECT pg_notify('people', '')::text`
}

export function findPerson(db: Db, id: string) {
  return db.person.findUnique({ where: { id } })
}

export function findPersonByEmail(db: Db, email: string) {
  return db.person.findUnique({ where: { email } })
}

export async function insertPerson(
  db: Db,
  person: { id: string; email: string; name: string; passwordHash: string; roles: readonly Role[] },
): Promise<void> {
  await db.person.create({ data: { ...person, roles: [...person.roles] }, select: { id: true } })
}

export function countPeople(db: Db): Promise<number> {
  return db.person.count()
}

/** Whether anybody, active or not, holds the role of ciso: then there is somebody to co-sign, or there was. */
export async function anyCisoEver(db: Db): Promise<boolean> {
  return (await db.person.count({ where: { roles: { has: 'ciso' } } })) > 0
}

/** How many active administrators there are beside one person. */
export function otherAdministrators(db: Db, personId: string): Promise<number> {
  return db.person.count({ where: { roles: { has: 'administrator' }, deactivatedAt: null, id: { not: personId } } })
}

export async function updateRoles(db: Db, id: string, roles: readonly Role[]): Promise<void> {
  await db.person.update({ where: { id }, data: { roles: [...roles] }, select: { id: true } })
}

export async function updatePasswordHash(db: Db, id: string, passwordHash: string): Promise<void> {
  await db.person.update({ where: { id }, data: { passwordHash }, select: { id: true } })
}

export async function insertChange(
  db: Db,
  change: { personId: string; change: CosignedChange; reason: string; requestedBy: string; requestedAt: Date },
): Promise<string> {
  const id = newId(change.requestedAt.getTime())
  await db.personChange.create({
    data: { id, ...change, reason: redactText(change.reason).text },
    select: { id: true },
  })
  return id
}

/** A change with the person it is about; locked, so that two answers cannot both count. */
export async function lockChange(db: Db, id: string) {
  await db.$queryRaw`SELECT id FROM person_change WHERE id = ${id}::uuid FOR UPDATE`
  return db.personChange.findUnique({ where: { id }, include: { person: true } })
}

export function findOpenChange(db: Db, personId: string, change: CosignedChange) {
  return db.personChange.findFirst({ where: { personId, change, answer: null } })
}

/** Closes a change with a ciso's answer. */
export async function closeChange(
  db: Db,
  id: string,
  answer: { answer: 'approved' | 'refused'; answeredBy: string; answeredAt: Date },
): Promise<void> {
  await db.personChange.update({ where: { id }, data: answer, select: { id: true } })
}
