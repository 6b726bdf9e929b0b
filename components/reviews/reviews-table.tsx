import { paths } from '@/lib/core/paths'
import type { ReviewView } from '@/lib/reviews/read'
import { RowKeys } from '../table/row-keys'
import { RowLink, Table, Td, Th } from '../table/table'
import { HostileText } from '../ui/hostile-text'
import { StateWord } from '../ui/state-word'
import { isStateName } from '../ui/state-words'
import { Tag } from '../ui/tag'
import { Time } from '../ui/time'

/** Changes that agents made by themselves, one row each: what, whose, where it stands, and until when somebody looks or who did. */
export function ReviewsTable({ rows, closed }: { rows: readonly ReviewView[]; closed: boolean }) {
  return (
    <RowKeys>
      <Table label={closed ? 'Closed reviews' : 'Reviews owed, the oldest first'} density={40}>
        <thead>
          <tr>
            <Th>Change</Th>
            <Th>Agent</Th>
            <Th>Owner</Th>
            <Th>Outcome</Th>
            <Th>Made</Th>
            <Th>{closed ? 'Found' : 'Due'}</Th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.id}>
              <RowLink href={paths.review(row.id)}>
                {row.sentence === null ? 'Its words are not shown here' : <HostileText text={row.sentence} max={140} />}
              </RowLink>
              <Td mono>{row.agent}</Td>
              <Td>{row.owner}</Td>
              <Td>{isStateName(row.status) ? <StateWord state={row.status} /> : row.status}</Td>
              <Td>
                <Time at={row.owedAt} show="relative" />
              </Td>
              <Td>{row.closed ? <Found closed={row.closed} /> : <Due row={row} />}</Td>
            </tr>
          ))}
        </tbody>
      </Table>
    </RowKeys>
  )
}

function Found({ closed }: { closed: NonNullable<ReviewView['closed']> }) {
  return (
    <>
      {closed.finding === 'fine' ? 'Fine' : <Tag tone="forbid">problem</Tag>}, {closed.by}
    </>
  )
}

function Due({ row }: { row: ReviewView }) {
  if (row.overdue)
    return (
      <Tag tone="hold">
        overdue since <Time at={row.dueAt} show="day" />
      </Tag>
    )
  return <Time at={row.dueAt} show="left" />
}
