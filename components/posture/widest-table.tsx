import Link from 'next/link'
import type { Widest } from '@/lib/evidence/posture'
import { paths } from '@/lib/core/paths'
import { SentenceText } from '../boundary/sentence'
import { RowLink, Table, Td, Th } from '../table/table'
import { Tag } from '../ui/tag'

/** What the agents may do alone, the worst first: one line each, the rest on the agent's page. */
export function WidestTable({ widest }: { widest: readonly Widest[] }) {
  return (
    <Table label="The worst each agent may do alone">
      <thead>
        <tr>
          <Th>Agent</Th>
          <Th>The worst it may do alone</Th>
          <Th>More</Th>
        </tr>
      </thead>
      <tbody>
        {widest.map(({ slug, says, more, observing }) => (
          <tr key={slug}>
            <RowLink href={paths.agent(slug)}>{slug}</RowLink>
            <Td wrap>
              <span className="any">
                <SentenceText of={says} />
              </span>{' '}
              {observing !== null && <Tag tone="hold">only observed until {observing}</Tag>}
            </Td>
            <Td quiet>
              {more > 0 && (
                <Link href={`${paths.agent(slug)}#worst`}>
                  {more} {more === 1 ? 'line' : 'lines'}
                </Link>
              )}
            </Td>
          </tr>
        ))}
      </tbody>
    </Table>
  )
}
