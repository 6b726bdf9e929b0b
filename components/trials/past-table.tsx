import { paths } from '@/lib/core/paths'
import { idTime } from '@/lib/core/ids'
import type { ListedChange } from '@/lib/trials/read'
import { RowLink, Table, Td, Th } from '../table/table'
import { HostileText } from '../ui/hostile-text'
import { StateWord } from '../ui/state-word'
import { Time } from '../ui/time'

/** Decisions that would have been others; each leads to its action. */
export function PastTable({ changes }: { changes: readonly ListedChange[] }) {
  return (
    <Table label="Decisions that would have been others">
      <thead>
        <tr>
          <Th>When</Th>
          <Th>Tool</Th>
          <Th>On</Th>
          <Th>Was</Th>
          <Th>Would be</Th>
          <Th>By</Th>
          <Th>Then</Th>
        </tr>
      </thead>
      <tbody>
        {changes.map((change) => (
          <tr key={change.id}>
            <RowLink href={paths.action(change.action)}>
              <Time at={idTime(change.id)} />
            </RowLink>
            <Td mono>{change.tool === null ? 'not shown' : <HostileText text={change.tool} />}</Td>
            <Td>{change.on === null ? '' : <HostileText text={change.on} />}</Td>
            <Td>
              <StateWord state={change.was} />
            </Td>
            <Td>
              <StateWord state={change.would} />
            </Td>
            <Td mono quiet>
              {change.rule ?? change.reason}
            </Td>
            <Td quiet>{change.status ?? ''}</Td>
          </tr>
        ))}
      </tbody>
    </Table>
  )
}
