import type { Metadata } from 'next'
import Link from 'next/link'
import { GradeLegend } from '@/components/halt/grade-legend'
import { GradeTable } from '@/components/halt/grade-table'
import { LiveRefresh } from '@/components/shell/live-refresh'
import { Main, PageHead, Section } from '@/components/shell/page'
import { Empty } from '@/components/ui/empty'
import { haltDoes } from '@/lib/agents/grade'
import { countGrades, readActiveStandings, type GradeCount } from '@/lib/agents/read-grade'
import { paths } from '@/lib/core/paths'
import { db } from '@/lib/db/client'
import { signedIn } from '@/lib/people/session-read'

export const metadata: Metadata = { title: 'How well a halt holds' }

/** Agents on this page, the weakest first: whoever has more looks at these first. */
const MOST = 200

/** What the grades mean, and which agent has which: a kill switch is only as good as this. */
export default async function GradesPage() {
  await signedIn()
  const now = new Date()
  const [grades, { rows, all }] = await Promise.all([countGrades(db(), now), readActiveStandings(db(), now, MOST)])
  return (
    <Main>
      <LiveRefresh topic={['agents', 'halts']} />
      <PageHead
        crumbs={<Link href={paths.halt()}>Halt</Link>}
        title={headline(grades)}
        lead="What stands between an agent and its tools is what a halt is worth. It is read off what was seen in the last 30 days, never off what anybody says; the weakest way an agent was seen to act is its grade."
      />
      <Section id="grades" title="The grades">
        <GradeLegend grades={grades} />
      </Section>
      <Section
        id="agents"
        title="Agents"
        aside={all > rows.length ? `the weakest ${rows.length} of ${all.toLocaleString('en')}` : 'the weakest first'}
      >
        {rows.length > 0 ? (
          <GradeTable rows={rows} />
        ) : (
          <Empty kind="never" title="No agent could act." start={{ href: paths.agents(), words: 'See the agents' }}>
            As soon as one is active and asks, it is graded here.
          </Empty>
        )}
      </Section>
    </Main>
  )
}

function headline(grades: readonly GradeCount[]): string {
  const all = grades.reduce((sum, { agents }) => sum + agents, 0)
  const stops = grades.filter(({ grade }) => haltDoes(grade) === 'stops').reduce((sum, { agents }) => sum + agents, 0)
  if (all === 0) return 'How well a halt holds'
  const those = all === 1 ? 'the one agent' : `all ${all.toLocaleString('en')} agents`
  if (stops === all) return `A halt would stop ${those}.`
  return `A halt would really stop ${stops.toLocaleString('en')} of ${all.toLocaleString('en')} ${all === 1 ? 'agent' : 'agents'}.`
}
