import { Table, Td, Th } from '@/components/table/table'
import { Time } from '@/components/ui/time'
import type { DelegationRow } from '@/lib/people/read-delegations'
import { PostButton } from './act-form'

/** Delegations in force or ahead; `shows` the other person of each. */
export function AbsenceTable({
  rows,
  shows,
  now,
}: {
  rows: readonly DelegationRow[]
  shows: 'delegate' | 'delegator'
  now: Date
}) {
  return (
    <Table label={shows === 'delegate' ? 'Who answers for you' : 'For whom you answer'} density={40}>
      <thead>
        <tr>
          <Th>Who</Th>
          <Th>State</Th>
          <Th>From</Th>
          <Th>Until</Th>
          <Th>
            <span className="vh">Act</span>
          </Th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.id}>
            <th scope="row">{row[shows]}</th>
            <Td quiet>{row.startsAt <= now ? 'In force' : 'Later'}</Td>
            <Td quiet>
              <Time at={row.startsAt} />
            </Td>
            <Td quiet>
              <Time at={row.endsAt} />
            </Td>
            <Td>
              <PostButton action={`/api/console/delegations/${row.id}/end`}>
                {row.startsAt <= now ? 'End it now' : 'Take it back'}
              </PostButton>
            </Td>
          </tr>
        ))}
      </tbody>
    </Table>
  )
}
