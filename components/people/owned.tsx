import Link from 'next/link'
import { RowLink, Table, Td, Th } from '@/components/table/table'
import { Empty } from '@/components/ui/empty'
import { HostileText } from '@/components/ui/hostile-text'
import { paths } from '@/lib/core/paths'
import type { OwnedAgent } from '@/lib/people/read-owned'

/** The agents somebody answers for today. */
export function OwnedNow({ agents, name }: { agents: readonly OwnedAgent[]; name: string }) {
  if (agents.length === 0) return <Empty kind="never" title={`${name} answers for no agent`} />
  return (
    <Table label="Agents owned">
      <thead>
        <tr>
          <Th>Agent</Th>
          <Th>Purpose</Th>
          <Th>Environment</Th>
          <Th>State</Th>
        </tr>
      </thead>
      <tbody>
        {agents.map((agent) => (
          <tr key={agent.slug}>
            <RowLink href={paths.agent(agent.slug)}>{agent.slug}</RowLink>
            <Td>
              <HostileText text={agent.purpose} max={200} />
            </Td>
            <Td quiet>{agent.environment}</Td>
            <Td quiet>{agent.state}</Td>
          </tr>
        ))}
      </tbody>
    </Table>
  )
}

/** The agents somebody answered for at a moment, as the ledger says. */
export function OwnedThen({ slugs, name }: { slugs: readonly string[]; name: string }) {
  if (slugs.length === 0) return <Empty kind="never" title={`${name} answered for no agent then`} />
  return (
    <ul className="rows">
      {slugs.map((slug) => (
        <li key={slug}>
          <Link href={paths.agent(slug)}>{slug}</Link>
        </li>
      ))}
    </ul>
  )
}
