import type { Metadata } from 'next'
import Link from 'next/link'
import { notFound } from 'next/navigation'
import { DrillAgents } from '@/components/halt/drill-agents'
import { DrillReal } from '@/components/halt/drill-real'
import { DrillSign } from '@/components/halt/drill-sign'
import { DrillFigures } from '@/components/halt/drill-figures'
import { DRILL_STATES, drillTitle } from '@/components/halt/drill-words'
import { placeOf } from '@/components/halt/place'
import { NoticeOf } from '@/components/people/notice'
import { LiveRefresh } from '@/components/shell/live-refresh'
import { NotLive } from '@/components/shell/live'
import { Block, Columns, Main, PageHead, Section } from '@/components/shell/page'
import { Fact, Facts } from '@/components/ui/facts'
import { HostileText } from '@/components/ui/hostile-text'
import { StateWord } from '@/components/ui/state-word'
import { Time } from '@/components/ui/time'
import { answererOf } from '@/lib/approvals/read'
import { isFault } from '@/lib/core/fault'
import { parsePublicId } from '@/lib/core/ids'
import { paths } from '@/lib/core/paths'
import { db } from '@/lib/db/client'
import { sayMs } from '@/lib/halt/drill'
import { type DrillDetail, readDrill } from '@/lib/halt/read-drills'
import type { Actor } from '@/lib/people/actor'
import { can } from '@/lib/people/permission'
import { signedIn } from '@/lib/people/session-read'
import { said } from '@/lib/people/session-said'

export const metadata: Metadata = { title: 'Drill' }

/** One drill: its plan and the line to sign, or who confirmed so far, or what it measured. */
export default async function DrillPage({
  params,
  searchParams,
}: {
  params: Promise<{ id: string }>
  searchParams: Promise<Record<string, string | string[] | undefined>>
}) {
  const actor = await signedIn()
  const now = new Date()
  const [drill, flash] = await Promise.all([find((await params).id, actor, now), said(searchParams)])
  const { report, halt } = drill
  return (
    <Main>
      <LiveRefresh topic={['halts']} />
      <NotLive consequence="Confirmations may have come in since." />
      <PageHead
        crumbs={
          <>
            <Link href={paths.halt()}>Halt</Link> <Link href={paths.drills()}>Drills</Link>
          </>
        }
        title={`${drillTitle(drill)}.`}
      />
      <NoticeOf flash={flash} />
      <Columns label="What it is" aside={<Aside drill={drill} />}>
        {drill.state === 'planned' && <DrillSign drill={drill} me={{ name: actor.name }} flash={flash} />}
        {drill.state === 'running' && drill.kind === 'live' && (
          <DrillReal drill={drill} may={can(actor, 'halt.engage')} />
        )}
        {drill.state === 'kept' && halt !== null && (
          <p>
            It became real while it was drilled, so it was not lifted by itself.{' '}
            <Link href={paths.haltOf(halt.id)}>
              {halt.inForce ? 'The halt is in force' : 'The halt was lifted since'}
            </Link>
            .
          </p>
        )}
        {drill.state === 'refused' && <p>The second person did not agree, so nothing was halted.</p>}
        {drill.state === 'lapsed' && <p>Nobody signed it within an hour, so nothing was halted.</p>}
        {drill.state === 'prevented' && <p>This was halted by another in the meantime, so nothing was measured.</p>}
        {report && <DrillFigures drill={drill} report={report} />}
        {drill.begunAt !== null && drill.state !== 'prevented' && (
          <Section
            id="agents"
            title="Agents"
            aside={drill.kind === 'live' ? 'since the halt was in force' : 'since they were told'}
          >
            <DrillAgents drill={drill} from={placeOf((await searchParams).after)} />
          </Section>
        )}
      </Columns>
    </Main>
  )
}

function Aside({ drill }: { drill: DrillDetail }) {
  return (
    <Block title="Drill">
      <Facts width="narrow">
        <Fact term="State">
          <StateWord {...DRILL_STATES[drill.state]} />
        </Fact>
        <Fact term="By">
          {drill.askedBy ? <Link href={paths.person(drill.askedBy.id)}>{drill.askedBy.name}</Link> : 'the schedule'}
        </Fact>
        {drill.begunAt && (
          <Fact term="Begun">
            <Time at={drill.begunAt} />
          </Fact>
        )}
        {drill.endsAt && drill.endedAt === null && (
          <Fact term="Waits">
            <Time at={drill.endsAt} show="left" />
          </Fact>
        )}
        {drill.endedAt && (
          <Fact term="Ended">
            <Time at={drill.endedAt} />
          </Fact>
        )}
        <Fact term="Target">the last agent within {sayMs(drill.targetMs)}</Fact>
        {drill.halt && (
          <Fact term="Halt">
            <Link href={paths.haltOf(drill.halt.id)}>{drill.halt.inForce ? 'in force' : 'lifted'}</Link>
          </Fact>
        )}
        {drill.endedAt && (
          <Fact term="Entry">
            {drill.entryIndex === null ? (
              'its number comes in a moment'
            ) : (
              <Link href={paths.entry(drill.entryIndex)}>#{drill.entryIndex.toLocaleString('en')}</Link>
            )}
          </Fact>
        )}
        {drill.note !== '' && (
          <Fact term="Why">
            “<HostileText text={drill.note} max={2_000} />”
          </Fact>
        )}
      </Facts>
    </Block>
  )
}

async function find(id: string, actor: Actor, now: Date): Promise<DrillDetail> {
  try {
    return (await readDrill(db(), parsePublicId('drill', id), answererOf(actor), now)) ?? notFound()
  } catch (error) {
    if (isFault(error)) notFound()
    throw error
  }
}
