import Link from 'next/link'
import type { Occurrence } from '@/lib/alerts/read'
import { publicId } from '@/lib/core/ids'
import { paths } from '@/lib/core/paths'
import { RowLink, Table, Td, Th } from '../table/table'
import { HostileText } from '../ui/hostile-text'
import { Time } from '../ui/time'

/** What raised an alert, newest first. Each row leads to the action's whole story, or to the entry where no action is behind it. */
export function OccurrencesTable({ rows }: { rows: readonly Occurrence[] }) {
  return (
    <Table label="What raised it" cols={['110px', null, '170px', '120px', '56px', '64px']}>
      <thead>
        <tr>
          <Th>When</Th>
          <Th>What</Th>
          <Th>Tool</Th>
          <Th>Reason</Th>
          <Th>Run</Th>
          <Th num>Entry</Th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={String(row.index)}>
            <Td>
              <Time at={row.at} />
            </Td>
            <RowLink
              href={
                row.actionId === null ? paths.entry(String(row.index)) : paths.action(publicId('action', row.actionId))
              }
            >
              {row.sentence === null ? 'Its words were erased' : <HostileText text={row.sentence} max={200} />}
            </RowLink>
            <Td mono>{row.tool !== null && <HostileText text={row.tool} max={100} />}</Td>
            <Td>{row.reason?.replaceAll('_', ' ')}</Td>
            <Td>
              {row.runId !== null && (
                <Link href={paths.run(publicId('run', row.runId))} aria-label={`The run of entry ${String(row.index)}`}>
                  run
                </Link>
              )}
            </Td>
            <Td num>#{String(row.index)}</Td>
          </tr>
        ))}
      </tbody>
    </Table>
  )
}
