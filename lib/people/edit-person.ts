import { fault } from '@/lib/core/fault'
import type { Db } from '@/lib/db/client'
import { append } from '@/lib/ledger/append'
import type { Actor } from './actor'
import { findPerson, tellPeople } from './store'

/** Changes somebody's name and team. @throws Fault `not_found`, `invalid_request` on `teamId` */
export async function editPerson(
  db: Db,
  actor: Actor,
  personId: string,
  given: { name: string; teamId?: string | undefined },
): Promise<void> {
  const person = await findPerson(db, personId)
  if (person === null) throw fault('not_found')
  const teamId = given.teamId ?? null
  if (teamId !== null && (await db.team.findUnique({ where: { id: teamId } })) === null)
    throw fault('invalid_request', { field: 'teamId', detail: 'Choose a team from the list.' })
  if (person.name === given.name && person.teamId === teamId) return
  await db.person.update({ where: { id: personId }, data: { name: given.name, teamId }, select: { id: true } })
  await append(db, {
    kind: 'person.edited',
    actor: `person:${actor.id}`,
    about: { person: personId, team: teamId },
    subject: `person:${personId}`,
    payload: { name: { before: person.name, after: given.name } },
  })
  await tellPeople(db)
}
