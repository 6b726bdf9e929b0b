import { randomBytes } from 'node:crypto'
import { ConsoleClient } from './console-client'

export type FoundingPerson = { key: string; name: string; email: string; roles: readonly string[]; team: string }

/** Who an organisation begins with. The first person is the administrator of the first run; `onCall` names who is on call. */
export type FoundingCast = {
  organisation: { name: string; timeZone: string }
  teams: readonly string[]
  people: readonly FoundingPerson[]
  onCall: string
}

export type FoundPerson = FoundingPerson & { id: string; password: string }

/**
 * Makes an organisation the way people do: the first-run link, invitations, one link each to join, teams, on call. Answers
 * everybody with their password, by key.
 */
export async function foundOrganisation(
  server: string,
  firstRunLink: string,
  cast: FoundingCast,
): Promise<Map<string, FoundPerson>> {
  const [first, ...others] = cast.people
  if (first === undefined) throw new Error('An organisation begins with somebody.')
  const found = new Map<string, FoundPerson>()
  const password = () => randomBytes(15).toString('base64url')

  const administrator = new ConsoleClient(server)
  const firstPassword = password()
  await administrator.post(`/api/console/first-run/${lastPart(firstRunLink)}`, {
    organisation: cast.organisation.name,
    timeZone: cast.organisation.timeZone,
    name: first.name,
    email: first.email,
    password: firstPassword,
  })
  found.set(first.key, { ...first, id: '', password: firstPassword })

  for (const person of others) {
    const { link } = await administrator.post<{ link: string }>('/api/console/invitations', {
      name: person.name,
      email: person.email,
      roles: person.roles,
    })
    const secret = password()
    await new ConsoleClient(server).post(`/api/console/joins/${lastPart(link)}`, {
      name: person.name,
      password: secret,
    })
    found.set(person.key, { ...person, id: '', password: secret })
  }

  const teams = new Map<string, string>()
  for (const name of cast.teams)
    teams.set(name, (await administrator.post<{ id: string }>('/api/console/teams', { name })).id)
  const { people } = await administrator.get<{ people: { id: string; email: string }[] }>('/api/console/people')
  for (const person of found.values()) {
    const row = people.find(({ email }) => email === person.email)
    if (row === undefined) throw new Error(`${person.email} did not join.`)
    person.id = row.id
    await administrator.post(`/api/console/people/${row.id}`, { name: person.name, teamId: teams.get(person.team) })
  }
  await administrator.post('/api/console/on-call', { personId: found.get(cast.onCall)?.id })
  return found
}

function lastPart(link: string): string {
  return new URL(link).pathname.split('/').at(-1) ?? ''
}
