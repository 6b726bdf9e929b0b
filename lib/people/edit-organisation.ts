import { fault } from '@/lib/core/fault'
import { newId } from '@/lib/core/ids'
import type { Db } from '@/lib/db/client'
import { append } from '@/lib/ledger/append'
import type { Actor } from './actor'
import { rewriteRota } from './set-rota'
import { lockPeople, tellPeople } from './store'

/** What may be changed of the organisation; `inbox…` as they are where they are left out. */
export type OrganisationEdit = {
  name: string
  timeZone: string
  inboxPerAgent?: number | undefined
  inboxMost?: number | undefined
}

/**
 * Changes the organisation's name, the time zone in which its days begin and its rota hands over, and how much may wait in the inbox.
 * @throws Fault `invalid_request` on `inboxMost` where it would be less than the share of one agent
 */
export async function editOrganisation(db: Db, actor: Actor, given: OrganisationEdit, now: Date): Promise<void> {
  const before = await db.organisation.findUnique({ where: { id: 1 } })
  const { inboxPerAgent = before?.inboxPerAgent ?? 100, inboxMost = before?.inboxMost ?? 10_000 } = given
  if (inboxPerAgent > inboxMost)
    throw fault('invalid_request', { field: 'inboxMost', detail: 'No less than the share of one agent.' })
  const { name, timeZone } = given
  await db.organisation.update({ where: { id: 1 }, data: { name, timeZone, inboxPerAgent, inboxMost } })
  // a handover is at an hour of the day: it would go on at the old one for as long as it is written out ahead
  if (before !== null && before.timeZone !== timeZone) await rewriteRota(db, now)
  await append(db, {
    kind: 'organisation.edited',
    actor: `person:${actor.id}`,
    subject: 'organisation',
    payload: {
      before: {
        name: before?.name ?? null,
        time_zone: before?.timeZone ?? null,
        inbox_per_agent: before?.inboxPerAgent ?? null,
        inbox_most: before?.inboxMost ?? null,
      },
      name,
      time_zone: timeZone,
      inbox_per_agent: inboxPerAgent,
      inbox_most: inboxMost,
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
