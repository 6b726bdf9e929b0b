import Link from 'next/link'
import { paths } from '@/lib/core/paths'
import type { ListedResource } from '@/lib/resources/read'
import { RowLink, Table, Td, Th } from '../table/table'
import { HostileText } from '../ui/hostile-text'
import { Time } from '../ui/time'
import { KIND_NAMES } from './kind-words'

/** The protected resources: what each is, who answers for it, when it last fired. */
export function ResourceTable({ label, rows }: { label: string; rows: readonly ListedResource[] }) {
  return (
    <Table label={label} density={40}>
      <thead>
        <tr>
          <Th>Resource</Th>
          <Th>Kind</Th>
          <Th>Named by agents</Th>
          <Th>Answers for it</Th>
          <Th>Last fired</Th>
          <Th>Version reported</Th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.id}>
            <RowLink href={paths.resource(row.type, row.name)}>
              <HostileText text={row.title} max={80} />
            </RowLink>
            <Td quiet>{KIND_NAMES[row.kind]}</Td>
            <Td mono>
              <HostileText text={`${row.type} ${row.name}`} max={80} />
            </Td>
            <Td>
              <Link href={paths.owner(row.owner.id)}>{row.owner.name}</Link>
              {!row.owner.active && ' (deactivated)'}
            </Td>
            <Td quiet>{row.firedAt === null ? 'never reported' : <Time at={row.firedAt} show="relative" />}</Td>
            <Td quiet>{row.reportedAt === null ? 'never' : <Time at={row.reportedAt} show="relative" />}</Td>
          </tr>
        ))}
      </tbody>
    </Table>
  )
}
