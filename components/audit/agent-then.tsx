import Link from 'next/link'
import type { ReactNode } from 'react'
import type { AgentThen as Then } from '@/lib/audit/read-agent-then'
import { paths } from '@/lib/core/paths'
import { Section } from '../shell/page'
import { Fact, Facts } from '../ui/facts'
import { Time } from '../ui/time'

/** The agent as of a moment of the record (C06): each line with the entry that says it. Names are those of today. */
export function AgentThen({ slug, then: view }: { slug: string; then: Then }) {
  const { then, since, state, boundary, at } = view
  return (
    <Section
      id="then"
      title={
        <>
          As of <Time at={at} show="full" />
        </>
      }
      aside="from the ledger"
      right={<Link href={paths.agent(slug)}>Today</Link>}
    >
      <Facts>
        <Fact term="Owner">
          {then ? (
            <>
              <Link href={paths.person(then.owner.id, at)}>{then.owner.name}</Link>,{' '}
              {then.kind === 'agent.registered'
                ? 'who registered it'
                : then.kind === 'agent.taken_over'
                  ? 'who took it over'
                  : 'to whom it was handed'}{' '}
              <Time at={then.at} show="full" /> <Place index={then.index} />
            </>
          ) : (
            'The ledger names nobody before then.'
          )}
        </Fact>
        <Fact term="Since then">
          {since.length === 0
            ? 'Nobody else.'
            : since.map((transfer) => (
                <span key={transfer.entry}>
                  {transfer.kind === 'agent.taken_over' ? 'Taken over by ' : 'Handed to '}
                  <Link href={paths.person(transfer.owner.id)}>{transfer.owner.name}</Link>{' '}
                  <Time at={transfer.at} show="full" /> <Place index={transfer.index} />.{' '}
                </span>
              ))}
        </Fact>
        <Fact term="State">
          {state ? (
            <>
              {state.word} <Place index={state.index} />
            </>
          ) : (
            'The ledger does not say.'
          )}
        </Fact>
        <Fact term="Boundary">
          {boundary ? (
            <>
              <Link href={paths.boundary(slug, boundary.version)}>version {boundary.version}</Link>, signed{' '}
              <Time at={boundary.at} show="full" /> <Place index={boundary.index} />
            </>
          ) : (
            'None was signed yet.'
          )}
        </Fact>
      </Facts>
    </Section>
  )
}

function Place({ index }: { index: number | null }): ReactNode {
  return index === null ? (
    '(no place in the log yet)'
  ) : (
    <Link href={paths.entry(index)}>#{index.toLocaleString('en')}</Link>
  )
}
