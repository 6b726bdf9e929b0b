import type { Metadata } from 'next'
import Link from 'next/link'
import { notFound } from 'next/navigation'
import { KIND_WORDS } from '@/components/audit/entry-words'
import { OwnerAgents } from '@/components/audit/owner-agents'
import { Main, PageHead, Section } from '@/components/shell/page'
import { Table, Td, Th } from '@/components/table/table'
import { Button } from '@/components/ui/button'
import { Empty } from '@/components/ui/empty'
import { Field } from '@/components/ui/field'
import { RegionError } from '@/components/ui/region-error'
import { Time } from '@/components/ui/time'
import { readPeriod, type Period } from '@/lib/audit/period'
import { readOwner, type OwnAct, type OwnerView } from '@/lib/audit/read-owner'
import { isFault } from '@/lib/core/fault'
import { publicId } from '@/lib/core/ids'
import { paths } from '@/lib/core/paths'
import { db } from '@/lib/db/client'
import type { Actor } from '@/lib/people/actor'
import { personOf } from '@/lib/people/person-param'
import { signedIn } from '@/lib/people/session-read'

export const metadata: Metadata = { title: 'Answered for' }

type Given = Record<string, string | string[] | undefined>
type Props = { params: Promise<{ id: string }>; searchParams: Promise<Given> }

/** Everything one person answered for in a period (C06): agents with the exact stretches, what they did, what the person decided. */
export default async function OwnerPage({ params, searchParams }: Props) {
  const actor = await signedIn()
  const id = personOf((await params).id)
  if (id === undefined) notFound()
  const now = new Date()
  const { from, to } = await searchParams
  const asked = readPeriod(from, to, now)
  const period = asked ?? readPeriod(undefined, undefined, now) ?? notFound()
  const view = await find(actor, id, period)
  return (
    <Main>
      <PageHead
        crumbs={
          <>
            <Link href={paths.audit()}>Audit</Link> /{' '}
            <Link href={paths.person(publicId('person', id))}>{view.person.name}</Link>
          </>
        }
        title={`What ${view.person.name} answered for`}
        lead={
          <>
            From <Time at={view.from} show="full" /> to <Time at={view.to} show="full" />, as the ledger says. Names are
            those of today.
          </>
        }
      />
      {asked === null && (
        <RegionError tone="hold" title="That is no period.">
          Give two days, the first not after the second and at most ten years apart. Shown are the last 30 days.
        </RegionError>
      )}
      <form method="get" className="period" aria-label="The period">
        <Field label="From" name="from" type="date" defaultValue={view.from.slice(0, 10)} />
        <Field label="To, that day included" name="to" type="date" defaultValue={lastDay(view.to)} />
        <Button type="submit">Show</Button>
      </form>
      <Section id="agents" title="Agents" aside={`${view.agents.length}`}>
        {view.agents.length === 0 ? (
          <Empty kind="never" title={`${view.person.name} answered for no agent in this period.`} />
        ) : (
          <OwnerAgents view={view} />
        )}
      </Section>
      {view.account.length > 0 && (
        <Section
          id="account"
          title="Account"
          aside="a deactivated owner still answers until somebody takes over; their agents only read"
        >
          <ul className="rows">
            {view.account.map((event) => (
              <li key={event.at}>
                <span>
                  {KIND_WORDS[event.kind]} <Place index={event.index} />
                </span>
                <Time at={event.at} show="full" />
              </li>
            ))}
          </ul>
        </Section>
      )}
      <Section
        id="acts"
        title="Decided and signed themselves"
        aside={view.moreActs ? 'the last 200 of this period' : `${view.acts.length}`}
      >
        {view.acts.length === 0 ? <Empty kind="never" title="Nothing in this period." /> : <Acts acts={view.acts} />}
      </Section>
    </Main>
  )
}

function Acts({ acts }: { acts: readonly OwnAct[] }) {
  return (
    <Table label="Decided and signed">
      <thead>
        <tr>
          <Th>When</Th>
          <Th>What</Th>
          <Th>About</Th>
          <Th>Entry</Th>
        </tr>
      </thead>
      <tbody>
        {acts.map((act) => (
          <tr key={`${act.at} ${act.kind} ${act.index ?? ''}`}>
            <Td>
              <Time at={act.at} show="full" />
            </Td>
            <Td>{KIND_WORDS[act.kind]}</Td>
            <Td>
              {act.action ? (
                <Link href={paths.action(act.action)}>an action of {act.agent ?? 'an agent'}</Link>
              ) : (
                act.agent && <Link href={paths.agent(act.agent)}>{act.agent}</Link>
              )}
            </Td>
            <Td>
              <Place index={act.index} />
            </Td>
          </tr>
        ))}
      </tbody>
    </Table>
  )
}

function Place({ index }: { index: number | null }) {
  return index === null ? null : <Link href={paths.entry(index)}>#{index.toLocaleString('en')}</Link>
}

/** The last day of a period, whose end is excluded. */
const lastDay = (to: string): string => new Date(Date.parse(to) - 1).toISOString().slice(0, 10)

async function find(actor: Actor, id: string, period: Period): Promise<OwnerView> {
  try {
    return await readOwner(db(), actor, id, period)
  } catch (error) {
    if (isFault(error) && error.code === 'not_found') notFound()
    throw error
  }
}
