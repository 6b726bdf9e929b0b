import type { Metadata } from 'next'
import Link from 'next/link'
import { DrillForm, type DrillChoices } from '@/components/halt/drill-form'
import { DrillList } from '@/components/halt/drill-list'
import { DrillScheduleForm, everyWords } from '@/components/halt/drill-schedule-form'
import { DrillTrend } from '@/components/halt/drill-trend'
import { drilledWords } from '@/components/halt/drill-words'
import { NoticeOf } from '@/components/people/notice'
import { LiveRefresh } from '@/components/shell/live-refresh'
import { Block, Columns, Main, PageHead, Section } from '@/components/shell/page'
import { Empty } from '@/components/ui/empty'
import { Fact, Facts } from '@/components/ui/facts'
import { Time } from '@/components/ui/time'
import { ENVIRONMENTS } from '@/lib/agents/agent'
import { paths } from '@/lib/core/paths'
import { db } from '@/lib/db/client'
import { sayMs } from '@/lib/halt/drill'
import { drilledWord } from '@/lib/halt/drill-contract'
import { drillable } from '@/lib/halt/read'
import { listDrills, readDrillCalendar, type DrillCalendar } from '@/lib/halt/read-drills'
import { can } from '@/lib/people/permission'
import { signedIn } from '@/lib/people/session-read'
import { said } from '@/lib/people/session-said'

export const metadata: Metadata = { title: 'Drills' }

const MOST_IN_TREND = 24

/** Whether the kill switch is known to work: when the next drill is due, how the last ones went, and the form to begin one. */
export default async function DrillsPage({
  searchParams,
}: {
  searchParams: Promise<Record<string, string | string[] | undefined>>
}) {
  const actor = await signedIn()
  const now = new Date()
  const [drills, calendar, names, flash] = await Promise.all([
    listDrills(db()),
    readDrillCalendar(db(), now),
    drillable(db()),
    said(searchParams),
  ])
  const reports = drills.flatMap(({ report }) => report ?? []).slice(0, MOST_IN_TREND)
  const parts: DrillChoices = [
    [drilledWord('organisation', null), 'everything'],
    ...ENVIRONMENTS.map((name) => [drilledWord('environment', name), drilledWords('environment', name)] as const),
    ...names.team.map((name) => [drilledWord('team', name), drilledWords('team', name)] as const),
  ]
  const schedules = can(actor, 'drill.schedule')
  return (
    <Main>
      <LiveRefresh topic={['halts', 'agents']} />
      <PageHead
        crumbs={<Link href={paths.halt()}>Halt</Link>}
        title={<Headline calendar={calendar} />}
        lead="A kill switch nobody tried is a hope. A drill measures how long every agent takes to say that it stopped, and who never does."
      />
      <NoticeOf flash={flash} />
      <Columns label="The calendar" aside={<Calendar calendar={calendar} />}>
        {reports.length > 0 && (
          <Section id="trend" title="Time to halt" aside="a drill a bar, the worst agent of each">
            <DrillTrend reports={reports.toReversed()} now={now} />
          </Section>
        )}
        <Section id="drills" title="Drills">
          {drills.length === 0 ? (
            <Empty kind="never" title="Nothing was drilled yet." start={{ href: '#begin', words: 'Begin a rehearsal' }}>
              A rehearsal stops nothing. With no agent connected, start the canary first: docs/guides/drills.md says
              how.
            </Empty>
          ) : (
            <DrillList drills={drills} />
          )}
        </Section>
        <Section id="begin" title="Begin a drill">
          <DrillForm
            flash={flash}
            choices={[
              ...parts,
              ...names.agent.map((name) => [drilledWord('agent', name), drilledWords('agent', name)] as const),
            ]}
            may={can(actor, 'drill.run')}
          />
        </Section>
        <Section id="schedule" title="When drills are due" aside={everyWords(calendar.schedule.everyMonths)}>
          {schedules.ok ? (
            <DrillScheduleForm flash={flash} calendar={calendar} choices={parts} />
          ) : (
            <p className="t2">{schedules.reason}</p>
          )}
        </Section>
      </Columns>
    </Main>
  )
}

function Headline({ calendar: { dueAt, standing } }: { calendar: DrillCalendar }) {
  if (dueAt === null) return 'No agent is active, so there is nobody to drill.'
  return (
    <>
      {standing === 'overdue'
        ? 'A drill is overdue since '
        : standing === 'due'
          ? 'A drill is due since '
          : 'The next drill is due on '}
      <Time at={dueAt} show="day" />.
    </>
  )
}

function Calendar({ calendar: { schedule, name, next, dueAt, standing } }: { calendar: DrillCalendar }) {
  return (
    <>
      <Block title="Due">
        <Facts width="narrow">
          {dueAt !== null && standing !== 'later' && (
            <Fact term="Since">
              <Time at={dueAt} />
            </Fact>
          )}
          <Fact term="Of">{drilledWords(schedule.scope, name)}</Fact>
          <Fact term="Target">the last agent within {sayMs(schedule.targetMs)}</Fact>
          <Fact term="Then">
            {schedule.whenDue === 'rehearse' ? 'a rehearsal begins by itself' : 'people are reminded'}
          </Fact>
        </Facts>
      </Block>
      <Block title="Calendar">
        <ul className="rows">
          {next.map((at) => (
            <li key={at.toISOString()}>
              <Time at={at} />
            </li>
          ))}
        </ul>
        <p>
          <a href="/api/console/drills/calendar" download="drills.ics">
            Take the coming drills into your calendar
          </a>
        </p>
        <p className="under">
          A drill up to ten days early counts. A day after it was due, every page says that it is overdue.
        </p>
      </Block>
      <Block title="If it is real">
        <p>
          <Link href={paths.halt()}>Halt</Link> and the <Link href={paths.runbook()}>runbook</Link>.
        </p>
      </Block>
    </>
  )
}
