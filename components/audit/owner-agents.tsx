import Link from 'next/link'
import type { OwnedAgent, OwnerView } from '@/lib/audit/read-owner'
import { paths } from '@/lib/core/paths'
import type { Decision } from '@/lib/decisions/decision'
import { Table, Td, Th } from '../table/table'
import { Time } from '../ui/time'

/** Every agent somebody answered for in a period, with the exact stretches and what it was answered meanwhile. */
export function OwnerAgents({ view }: { view: OwnerView }) {
  return (
    <Table label="Agents answered for" density={40}>
      <thead>
        <tr>
          <Th>Agent</Th>
          <Th>From and until</Th>
          <Th num>Allowed</Th>
          <Th num>Held</Th>
          <Th num>Forbidden</Th>
        </tr>
      </thead>
      <tbody>
        {view.agents.map((each) => (
          <tr key={each.agent}>
            <Td>
              <Link href={`${paths.agent(each.agent)}?at=${encodeURIComponent(momentIn(each))}`}>{each.agent}</Link>
            </Td>
            <Td wrap>
              <Stretches of={each} />
            </Td>
            {(['allow', 'hold', 'forbid'] as const).map((outcome) => (
              <Td key={outcome} num>
                <Link href={auditOf(view, each.agent, outcome)}>
                  {each.counts[outcome].toLocaleString('en')}
                  {each.more && '+'}
                </Link>
              </Td>
            ))}
          </tr>
        ))}
      </tbody>
    </Table>
  )
}

function Stretches({ of }: { of: OwnedAgent }) {
  return (
    <ul className="stretches">
      {of.stretches.map(({ began, ended }) => (
        <li key={began.at}>
          <Place of={began} /> <Time at={began.at} show="full" /> until{' '}
          {ended === null ? (
            'today'
          ) : (
            <>
              <Place of={ended} /> <Time at={ended.at} show="full" />, when{' '}
              {ended.kind === 'agent.taken_over' ? 'taken over by' : 'handed to'}{' '}
              <Link href={paths.person(ended.to.id, ended.at)}>{ended.to.name}</Link>
            </>
          )}
        </li>
      ))}
    </ul>
  )
}

function Place({ of: { index } }: { of: { index: number | null } }) {
  return index === null ? null : <Link href={paths.entry(index)}>#{index.toLocaleString('en')}</Link>
}

/** A moment at which they answered for it, to look at the agent as of then. */
const momentIn = ({ stretches }: OwnedAgent): string => stretches[0]?.began.at ?? new Date(0).toISOString()

/** The same decisions in the audit's list. */
export function auditOf({ person, from, to }: OwnerView, agent: string, outcome: Decision): string {
  const search = new URLSearchParams({
    q: `agent:${agent} owner:${person.email} kind:action.decided outcome:${outcome}`,
    from,
    to,
  })
  return `${paths.audit()}?${search.toString()}`
}
