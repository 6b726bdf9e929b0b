import { publicId } from '@/lib/core/ids'
import { paths } from '@/lib/core/paths'
import type { StreamView } from '@/lib/notify/read'
import { RowLink, Table, Td, Th } from '../table/table'
import { Time } from '../ui/time'
import { StreamStateWord } from './stream-state'
import { sayBehind, STREAM_WORDS } from './stream-words'

/** Streams, one row each: how each goes and how far behind it is. */
export function StreamsTable({ rows }: { rows: readonly StreamView[] }) {
  return (
    <Table label="Streams" density={40}>
      <thead>
        <tr>
          <Th>Stream</Th>
          <Th>State</Th>
          <Th num>Entries behind</Th>
          <Th num>Time behind</Th>
          <Th num>Last acknowledged</Th>
          <Th>When</Th>
          <Th num>A minute</Th>
          <Th>Kind</Th>
          <Th>Where to</Th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.id}>
            <RowLink href={paths.streamAt(publicId('stream', row.id))}>{row.name}</RowLink>
            <Td>
              <StreamStateWord state={row.state} stopped={row.stopped} />
            </Td>
            <Td num>{row.lag.entries.toLocaleString('en')}</Td>
            <Td num>{sayBehind(row.lag.seconds)}</Td>
            <Td num>{row.acked === null ? 'none yet' : `#${row.acked.index}`}</Td>
            <Td quiet>{row.acked !== null && <Time at={row.acked.at} show="relative" />}</Td>
            <Td num>{row.perMinute.toLocaleString('en')}</Td>
            <Td quiet>{STREAM_WORDS[row.destination.kind].name}</Td>
            <Td quiet>{row.where}</Td>
          </tr>
        ))}
      </tbody>
    </Table>
  )
}
