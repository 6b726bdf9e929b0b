import { RowLink, Table, Td, Th } from '@/components/table/table'
import { StateWord } from '@/components/ui/state-word'
import { Time } from '@/components/ui/time'
import { publicId } from '@/lib/core/ids'
import { paths } from '@/lib/core/paths'
import type { PersonRow } from '@/lib/people/read'

/** Everybody with an account: who they are, what they may do, what they answer for. */
export function PeopleTable({ people }: { people: readonly PersonRow[] }) {
  return (
    <Table label="Everybody with an account">
      <thead>
        <tr>
          <Th>Name</Th>
          <Th>Roles</Th>
          <Th>Team</Th>
          <Th num>Agents owned</Th>
          <Th>State</Th>
          <Th>Last seen</Th>
          <Th>Email</Th>
        </tr>
      </thead>
      <tbody>
        {people.map((person) => (
          <tr key={person.id}>
            <RowLink href={paths.person(publicId('person', person.id))}>{person.name}</RowLink>
            <Td>{person.roles.join(', ') || <span className="t3">none</span>}</Td>
            <Td quiet>{person.team?.name ?? ''}</Td>
            <Td num>{person.agents}</Td>
            <Td>
              <PersonState person={person} />
            </Td>
            <Td quiet>{person.lastSeenAt === null ? 'never' : <Time at={person.lastSeenAt} show="relative" />}</Td>
            <Td quiet>{person.email}</Td>
          </tr>
        ))}
      </tbody>
    </Table>
  )
}

/** Whether somebody's account is active, and whether they hold the kill switch. */
export function PersonState({ person }: { person: Pick<PersonRow, 'deactivatedAt' | 'onCall'> }) {
  if (person.deactivatedAt !== null) return <StateWord state="deactivated" />
  return person.onCall ? <StateWord state="on_call" /> : <span className="st quiet">Active</span>
}
