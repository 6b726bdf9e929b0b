import Link from 'next/link'
import { publicId } from '@/lib/core/ids'
import { paths } from '@/lib/core/paths'
import type { AgentMay } from '@/lib/trials/who-may'
import { RowLink, Table, Td, Th } from '../table/table'
import { StateWord } from '../ui/state-word'
import { MayCells } from './may-cells'

/** Which agents may: each with what would happen, by which line of which version, and who answers for it. */
export function WhoTable({ rows }: { rows: readonly AgentMay[] }) {
  return (
    <Table label="Agents, and what would happen" density={40}>
      <thead>
        <tr>
          <Th>Agent</Th>
          <Th>What would happen</Th>
          <Th>Because</Th>
          <Th>Answers for it</Th>
          <Th>Boundary</Th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ agent, ...answer }) => (
          <tr key={agent.id}>
            <RowLink href={paths.agent(agent.slug)} aside={agent.team}>
              {agent.slug}
            </RowLink>
            <MayCells slug={agent.slug} answer={answer} />
            <Td>
              {agent.owner.active ? (
                <Link className="q" href={paths.person(publicId('person', agent.owner.id))}>
                  {agent.owner.name}
                </Link>
              ) : (
                <StateWord state="orphaned" word={`Nobody, was ${agent.owner.name}`} />
              )}
            </Td>
            <Td>
              {answer.boundary === null ? (
                <span className="t3">none signed</span>
              ) : (
                <Link href={paths.boundary(agent.slug, answer.boundary.version)}>v{answer.boundary.version}</Link>
              )}
            </Td>
          </tr>
        ))}
      </tbody>
    </Table>
  )
}
