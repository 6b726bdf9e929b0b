import { paths } from '@/lib/core/paths'
import type { StreamDetail } from '@/lib/notify/read'
import { RowLink, Table, Td, Th } from '../table/table'
import { Time } from '../ui/time'

/** What people decided a stream goes on without. */
export function SkippedTable({ rows }: { rows: StreamDetail['skipped'] }) {
  return (
    <Table label="Skipped entries">
      <thead>
        <tr>
          <Th>Entry</Th>
          <Th>Why</Th>
          <Th>Skipped by</Th>
          <Th>When</Th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.index}>
            <RowLink href={paths.entry(row.index)}>#{row.index}</RowLink>
            <Td wrap>{row.says}</Td>
            <Td>{row.skippedBy}</Td>
            <Td quiet>
              <Time at={row.skippedAt} />
            </Td>
          </tr>
        ))}
      </tbody>
    </Table>
  )
}
