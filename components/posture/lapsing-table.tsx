import Link from 'next/link'
import type { Lapsing } from '@/lib/evidence/posture'
import { paths } from '@/lib/core/paths'
import { RowLink, Table, Td, Th } from '../table/table'
import { StateWord } from '../ui/state-word'
import { Time } from '../ui/time'

/** The boundaries that lapse soon, or have lapsed: a lapsed one leaves its agent reads alone. */
export function LapsingTable({ lapsing }: { lapsing: readonly Lapsing[] }) {
  const sorted = lapsing.toSorted((a, b) => Date.parse(a.lapsesAt) - Date.parse(b.lapsesAt))
  return (
    <Table label="Boundaries that lapse within 30 days">
      <thead>
        <tr>
          <Th>Agent</Th>
          <Th>Version</Th>
          <Th>Lapses</Th>
          <Th>Owner</Th>
          <Th>Next version</Th>
        </tr>
      </thead>
      <tbody>
        {sorted.map((one) => (
          <tr key={one.slug}>
            <RowLink href={paths.agent(one.slug)}>{one.slug}</RowLink>
            <Td>
              <Link href={paths.boundary(one.slug, one.version)}>version {one.version}</Link>
            </Td>
            <Td>
              <Time at={one.lapsesAt} show="day" />{' '}
              <span className="t3">
                <Time at={one.lapsesAt} show="relative" />
              </span>
            </Td>
            <Td quiet>
              <Link href={paths.person(one.owner.id)}>{one.owner.name}</Link>
            </Td>
            <Td>
              {one.draft === null ? (
                <span className="t3">no draft yet</span>
              ) : (
                <Link href={paths.boundary(one.slug, one.draft)}>
                  <StateWord state="awaiting_signature" />
                </Link>
              )}
            </Td>
          </tr>
        ))}
      </tbody>
    </Table>
  )
}
