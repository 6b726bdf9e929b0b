import Link from 'next/link'
import { publicId } from '@/lib/core/ids'
import { paths } from '@/lib/core/paths'
import type { UpstreamView } from '@/lib/upstreams/read'
import { RowLink, Table, Td, Th } from '../table/table'
import { HostileText } from '../ui/hostile-text'
import { StateWord } from '../ui/state-word'

/** The servers agents reach: what each can reach, who answers for it, where it stands. */
export function UpstreamsTable({ label, rows }: { label: string; rows: readonly UpstreamView[] }) {
  return (
    <Table label={label} density={40}>
      <thead>
        <tr>
          <Th>Server</Th>
          <Th>State</Th>
          <Th>What it can reach</Th>
          <Th>Production</Th>
          <Th>Answers for it</Th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.id}>
            <RowLink mono href={paths.upstream(row.name)}>
              {row.name}
            </RowLink>
            <Td>
              <UpstreamState of={row} />
            </Td>
            <Td quiet>
              <HostileText text={row.reach} max={80} />
            </Td>
            <Td>{row.production ? 'can write' : 'cannot'}</Td>
            <Td>
              <Link className="q" href={paths.person(publicId('person', row.ownerId))}>
                {row.owner}
              </Link>
              {!row.ownerActive && ' (deactivated)'}
            </Td>
          </tr>
        ))}
      </tbody>
    </Table>
  )
}

/** Where a server stands, as icon, word and colour. */
export function UpstreamState({ of }: { of: Pick<UpstreamView, 'state'> }) {
  if (of.state === 'connected') return <StateWord state="allow" word="Connected" />
  return of.state === 'proposed' ? (
    <StateWord state="hold" word="Waits for a ciso" />
  ) : (
    <StateWord state="withdrawn" word="Disconnected" />
  )
}
