import type { Metadata } from 'next'
import Link from 'next/link'
import { notFound } from 'next/navigation'
import { CoSignatures } from '@/components/people/co-signatures'
import { NoticeOf } from '@/components/people/notice'
import { OwnedNow, OwnedThen } from '@/components/people/owned'
import { PersonState } from '@/components/people/people-table'
import { PersonActForm, PersonActs, refusedAct } from '@/components/people/person-acts'
import { Block, Columns, Main, PageHead, Section } from '@/components/shell/page'
import { Fact, Facts } from '@/components/ui/facts'
import { Time } from '@/components/ui/time'
import { publicId } from '@/lib/core/ids'
import { paths } from '@/lib/core/paths'
import { db } from '@/lib/db/client'
import { momentOf, personOf } from '@/lib/people/person-param'
import { listTeams, readPerson, waitingChanges } from '@/lib/people/read'
import { agentsOwned, agentsOwnedAt } from '@/lib/people/read-owned'
import { ROLE_SAYS, rolesInWords } from '@/lib/people/role'
import { said } from '@/lib/people/session-said'
import { signedIn } from '@/lib/people/session-read'

export const metadata: Metadata = { title: 'Person' }

type Props = { params: Promise<{ id: string }>; searchParams: Promise<Record<string, unknown>> }

/** One person: what they may do and what they answer for, now or (`?at=`) at a moment of the record (C06). `?act=` opens a form. */
export default async function PersonPage({ params, searchParams }: Props) {
  const actor = await signedIn()
  const id = personOf((await params).id)
  const person = id === undefined ? undefined : await readPerson(db(), id)
  if (person === undefined) notFound()
  const query = await searchParams
  const at = momentOf(query.at, new Date())
  const [flash, teams, changes] = await Promise.all([
    said(searchParams),
    listTeams(db()),
    waitingChanges(db(), person.id),
  ])
  const self = paths.person(publicId('person', person.id))
  return (
    <Main>
      <PageHead
        title={person.name}
        lead={
          <>
            {person.email}, {rolesInWords(person.roles)}
            {person.deactivatedAt !== null && (
              <>
                , deactivated <Time at={person.deactivatedAt} /> by {person.deactivatedBy ?? 'somebody'}
              </>
            )}
          </>
        }
        crumbs={<Link href={paths.people()}>People</Link>}
      />
      <NoticeOf flash={flash} />
      <PersonActForm
        name={query.act ?? refusedAct(flash)}
        person={person}
        actor={actor}
        self={self}
        flash={flash}
        teams={teams}
      />
      <Columns
        label="About this person"
        aside={
          <>
            <Block title="Account">
              <Facts width="narrow">
                <Fact term="State">
                  <PersonState person={person} />
                </Fact>
                <Fact term="Team">{person.team?.name ?? 'none'}</Fact>
                <Fact term="Joined">
                  <Time at={person.joinedAt} show="day" />
                </Fact>
                <Fact term="Last seen">
                  {person.lastSeenAt === null ? 'never' : <Time at={person.lastSeenAt} show="relative" />}
                </Fact>
              </Facts>
            </Block>
            <Block title="Acts">
              <PersonActs person={person} actor={actor} self={self} />
            </Block>
          </>
        }
      >
        {changes.length > 0 && (
          <Section id="waiting" title="Waiting for a ciso’s co-signature">
            <CoSignatures changes={changes} actor={actor} />
          </Section>
        )}
        {at && (
          <Section
            id="then"
            title={
              <>
                Answered for, <Time at={at} show="full" />
              </>
            }
            aside="from the ledger"
            right={
              <>
                <Link href={paths.owner(person.id)}>In a period</Link> · <Link href={self}>Today</Link>
              </>
            }
          >
            <OwnedThen slugs={await agentsOwnedAt(db(), person.id, at)} name={person.name} />
          </Section>
        )}
        <Section
          id="owned"
          title={at ? 'Answers for today' : 'Answers for'}
          aside={`${person.agents}`}
          right={at === undefined && <Link href={paths.owner(person.id)}>In a period</Link>}
        >
          <OwnedNow agents={await agentsOwned(db(), person.id)} name={person.name} />
        </Section>
        <Section id="may" title="May">
          <Facts>
            {person.roles.map((role) => (
              <Fact key={role} term={role}>
                {ROLE_SAYS[role]}
              </Fact>
            ))}
            {person.roles.length === 0 && <Fact term="no role">Registers agents and answers for them.</Fact>}
          </Facts>
        </Section>
      </Columns>
    </Main>
  )
}
