import Link from 'next/link'
import type { Overruled } from '@/lib/boundary/overruled'
import { paths } from '@/lib/core/paths'
import { Table, Td, Th } from '../table/table'

/** What the organisation's baseline makes stricter, clause by clause (C44). With agents: what a draft of the baseline would. */
export function OverruledTable({ of }: { of: readonly (Overruled & { agent: string | null })[] }) {
  const agents = of.some(({ agent }) => agent !== null)
  return (
    <Table label="What the baseline overrules">
      <thead>
        <tr>
          {agents && <Th>Agent</Th>}
          <Th>Clause</Th>
          <Th>About</Th>
          <Th>Under the baseline it</Th>
          <Th>By</Th>
        </tr>
      </thead>
      <tbody>
        {of.map(({ agent, clause, subject, says, by }) => (
          <tr key={`${agent ?? ''} ${clause} ${by}`}>
            {agent !== null && (
              <Td>
                <Link href={paths.agent(agent)}>{agent}</Link>
              </Td>
            )}
            <th scope="row">
              <code>{clause}</code>
            </th>
            <Td>
              <span className="mono any">{subject}</span>
            </Td>
            <Td>{says}</Td>
            <Td>
              <code>{by}</code>
            </Td>
          </tr>
        ))}
      </tbody>
    </Table>
  )
}
