import { fault } from '@/lib/core/fault'
import { newId } from '@/lib/core/ids'
import type { Db } from '@/lib/db/client'
import { append } from '@/lib/ledger/append'
import type { Actor } from './actor'
import { lockPeople, tellPeople } from './store'

/** Changes the organisation's name and the time zone in which its days begin. */
export async function editOrganisation(db: Db, actor: Actor, given: { name: string; timeZone: string }): Promise<void> {
  const before = await db.organisation.findUnique({ where: { id: 1 } })
  await db.organisation.update({ where: { id: 1 }, data: given })
  await append(db, {
    kind: 'organisation.edited',
    actor: `person:${actor.id}`,
    subject: 'organisation',
    payload: {
      before: { name: before?.name ?? null, time_zone: before?.timeZone ?? null },
      name: given.name,
      time_zone: given.timeZone,
    },
  })
  await tellPeople(db)
}

/** Makes a team. @throws Fault `already_exists` on `name` */
export async function createTeam(db: Db, actor: Actor, name: string, now: Date): Promise<string> {
  await lockPeople(db)
  if ((await db.team.findFirst({ where: { name: { equals: name, mode: 'insensitive' } } })) !== null)
    throw fault('already_exists', { field: 'name', detail: 'There is a team of this name.' })
  const id = newId(now.getTime())
  await db.team.create({ data: { id, name, createdAt: now } })
  await append(db, {
    kind: 'team.created',
    actor: `person:${actor.id}`,
    about: { team: id },
    subject: 'organisation',
    payload: { name },
  })
  await tellPeople(db)
  return id
}
