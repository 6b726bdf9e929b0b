import type { Metadata } from 'next'
import Link from 'next/link'
import { DecisionsChart } from '@/components/posture/decisions-chart'
import { FirstSteps } from '@/components/posture/first-steps'
import { HaltHolds } from '@/components/posture/halt-holds'
import { LapsingTable } from '@/components/posture/lapsing-table'
import { PostureAside } from '@/components/posture/posture-aside'
import { WaitingTable } from '@/components/posture/waiting-table'
import { WidestTable } from '@/components/posture/widest-table'
import { LiveRefresh } from '@/components/shell/live-refresh'
import { Columns, Main, PageHead, Section } from '@/components/shell/page'
import { Time } from '@/components/ui/time'
import { countGrades } from '@/lib/agents/read-grade'
import { paths } from '@/lib/core/paths'
import { db } from '@/lib/db/client'
import { headline, isBeginning } from '@/lib/evidence/posture'
import { readPosture } from '@/lib/evidence/read'
import { signedIn } from '@/lib/people/session-read'

export const metadata: Metadata = { title: 'Posture' }

/** How things stand: what waits for a person, what is halted, what was decided, what lapses. At first, how to begin. */
export default async function PosturePage() {
  const actor = await signedIn()
  const now = new Date()
  const [posture, grades] = await Promise.all([readPosture(db(), actor, now), countGrades(db(), now)])
  const { waiting, halts, hours, lapsing, widest, firstSteps } = posture
  const beginning = isBeginning(firstSteps)
  const decided = hours.reduce((sum, hour) => sum + hour.allow + hour.hold + hour.forbid, 0)
  return (
    <Main>
      <LiveRefresh topic={['actions', 'approvals', 'boundaries', 'halts', 'agents', 'alerts', 'people']} />
      <PageHead
        title={beginning && waiting.length === 0 ? 'No agent is governed yet.' : headline(waiting.length, halts)}
        lead={
          <>
            Posture of {posture.organisation}, <Time at={now} show="full" />
          </>
        }
      />
      <Columns
        label="What stands"
        aside={
          <>
            <PostureAside agents={posture.agents} orphans={posture.orphans} drill={posture.drill} />
            <HaltHolds grades={grades} />
          </>
        }
      >
        {beginning && (
          <Section id="begin" title="From here to a governed agent">
            <p className="lede">
              Countersign stands between your agents and what they do. <b>An agent asks here before it acts</b>, and is
              answered <b>allow</b>, <b>hold</b> or <b>forbid</b> by a boundary that a named person signed. What is held
              waits for a person. Everything is recorded where nobody can take it out unseen, and one button stops every
              agent at once.
            </p>
            <FirstSteps steps={firstSteps} />
          </Section>
        )}
        {(waiting.length > 0 || !beginning) && (
          <Section
            id="waiting"
            title="Waiting for a person"
            aside="by deadline"
            right={
              <>
                <Link href={paths.attention()}>Are they read?</Link> <Link href={paths.approvals()}>All approvals</Link>
              </>
            }
          >
            <WaitingTable waiting={waiting} />
          </Section>
        )}
        {(decided > 0 || !beginning) && (
          <Section
            id="decisions"
            title="Decisions, last 24 hours"
            aside={`${decided.toLocaleString('en')} ${decided === 1 ? 'action' : 'actions'} proposed by ${posture.proposing} ${posture.proposing === 1 ? 'agent' : 'agents'}`}
            right={<Link href={paths.audit()}>Open in audit</Link>}
          >
            <DecisionsChart hours={hours} />
          </Section>
        )}
        {widest.length > 0 && (
          <Section
            id="widest"
            title="What agents may do alone"
            aside="the worst first"
            right={<Link href={paths.agents()}>All agents</Link>}
          >
            <WidestTable widest={widest} />
          </Section>
        )}
        {lapsing.length > 0 && (
          <Section id="lapsing" title="What ends soon" aside="boundaries that lapse, reviews that are due">
            <LapsingTable lapsing={lapsing} />
          </Section>
        )}
      </Columns>
    </Main>
  )
}
