import Link from 'next/link'
import type { Lapsing } from '@/lib/evidence/posture'
import { paths } from '@/lib/core/paths'
import { RowLink, Table, Td, Th } from '../table/table'
import { StateWord } from '../ui/state-word'
import { Time } from '../ui/time'

/** What ends soon for an agent, or has: a boundary, or a review; and what happens then. */
export function LapsingTable({ lapsing }: { lapsing: readonly Lapsing[] }) {
  const sorted = lapsing.toSorted((a, b) => Date.parse(a.lapsesAt) - Date.parse(b.lapsesAt))
  return (
    <Table label="What ends soon">
      <thead>
        <tr>
          <Th>Agent</Th>
          <Th>What</Th>
          <Th>Until</Th>
          <Th>Then</Th>
          <Th>Owner</Th>
          <Th>Next version</Th>
        </tr>
      </thead>
      <tbody>
        {sorted.map((one) => (
          <tr key={one.slug}>
            <RowLink href={paths.agent(one.slug)}>{one.slug}</RowLink>
            <Td>
              {one.kind === 'agent_review' ? (
                <Link href={`${paths.agent(one.slug)}#terms`}>its review</Link>
              ) : (
                <Link href={paths.boundary(one.slug, one.version)}>
                  {one.kind === 'boundary' ? `version ${one.version}` : `review of version ${one.version}`}
                </Link>
              )}
            </Td>
            <Td>
              <Time at={one.lapsesAt} show="day" />{' '}
              <span className="t3">
                <Time at={one.lapsesAt} show="relative" />
              </span>
            </Td>
            <Td quiet wrap>
              {one.happens}
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
