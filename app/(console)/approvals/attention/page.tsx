import type { Metadata } from 'next'
import Link from 'next/link'
import { AttentionFindings } from '@/components/approvals/attention-findings'
import { AttentionGates } from '@/components/approvals/attention-gates'
import { AttentionPeople } from '@/components/approvals/attention-people'
import { PlanForm, PlantForm } from '@/components/approvals/attention-plan'
import { AttentionSettingForm } from '@/components/approvals/attention-setting'
import { AttentionTests } from '@/components/approvals/attention-tests'
import { AttentionWidening } from '@/components/approvals/attention-widening'
import { AttentionWeeks } from '@/components/approvals/attention-weeks'
import { NoticeOf } from '@/components/people/notice'
import { Main, PageHead, Section } from '@/components/shell/page'
import { agentSlugs, teamChoices } from '@/lib/agents/read'
import { paths } from '@/lib/core/paths'
import { db } from '@/lib/db/client'
import { attentionHeadline, isRubberStamping } from '@/lib/decisions/attention'
import { readAttention } from '@/lib/decisions/read-attention'
import { readTests } from '@/lib/decisions/read-tests'
import { CODE_WORDS_A_MINUTE, PROSE_WORDS_A_MINUTE } from '@/lib/decisions/reading-time'
import { can } from '@/lib/people/permission'
import { activePeople } from '@/lib/people/read'
import { said } from '@/lib/people/session-said'
import { signedIn } from '@/lib/people/session-read'
import { readWidening } from '@/lib/trials/widening'

export const metadata: Metadata = { title: 'Attention' }

/** Whether people read what they answer (C23): findings first, then every kind of question, then everybody who answers. */
export default async function AttentionPage({ searchParams }: { searchParams: Promise<Record<string, unknown>> }) {
  const actor = await signedIn()
  const now = new Date()
  const [view, tests, widening, flash] = await Promise.all([
    readAttention(db(), actor, now),
    readTests(db(), actor, now),
    readWidening(db(), actor, now),
    said(searchParams),
  ])
  const { setting, gates, people, pace } = view
  const stamping = [...gates, ...people].filter((one) => isRubberStamping(one.pace, setting)).length
  const governs = can(actor, 'attention.govern')
  const whom = governs.ok ? await whomChoices() : []
  return (
    <Main>
      <PageHead
        crumbs={<Link href={paths.approvals()}>Approvals</Link>}
        title={attentionHeadline(stamping, pace, setting.days)}
        lead={`Whether people read what they answer, over the last ${String(setting.days)} days.`}
      />
      <NoticeOf flash={flash} />
      <Section id="findings" title="Findings">
        <AttentionFindings view={view} />
      </Section>
      <Section id="weeks" title="How questions ended" aside="by week">
        <AttentionWeeks weeks={view.weeks} ends={view.ends} />
      </Section>
      <Section id="gates" title="What was asked" aside="the busiest kinds first">
        <AttentionGates gates={gates} more={view.moreGates} setting={setting} />
      </Section>
      <Section id="people" title="Who answers">
        <AttentionPeople people={people} setting={setting} everybody={view.everybody} />
      </Section>
      <Section id="widening" title="Candidates for widening" aside="gates nobody refuses">
        <AttentionWidening view={widening} />
      </Section>
      <Section id="tests" title="Test requests" aside="planted, never executed, in no figure above">
        <AttentionTests tests={tests} />
        {tests.plan !== null && (
          <p className="under">
            {tests.plan.perMonth === 0 ? 'None are planned' : `${String(tests.plan.perMonth)} a month are planned`}, by{' '}
            {tests.plan.by}.
          </p>
        )}
        {governs.ok ? (
          <>
            <h3>Plant one now</h3>
            <PlantForm flash={flash} agents={await agentSlugs(db())} whom={whom} />
            <h3>Plan them</h3>
            <PlanForm flash={flash} plan={tests.plan} whom={whom} />
          </>
        ) : (
          <p className="t2">{governs.reason}</p>
        )}
      </Section>
      <Section id="how" title="How it is measured">
        <p className="t2">
          An answer is timed from when its page was first sent to the screen of whoever gave it. Where nobody knows that
          (it was answered without its page, or before this was counted), its time counts from when it was asked, and it
          is not timed against the text. A text takes at least as long as {PROSE_WORDS_A_MINUTE} words a minute of prose
          (Brysbaert 2019) and {CODE_WORDS_A_MINUTE} of arguments and commands allow, and never less than three seconds.
          Medians are exact to a twentieth.
        </p>
      </Section>
      <Section id="setting" title="From when on it is a finding">
        {governs.ok ? (
          <AttentionSettingForm flash={flash} setting={setting} />
        ) : (
          <p className="t2">
            Rubber stamping is told from {setting.leastVerdicts} timed answers on, when more than {setting.mostFast} %
            came faster than what was shown can be read. {governs.reason}
          </p>
        )}
      </Section>
    </Main>
  )
}

/** Teams and people a test can be for, in words. Administrators and auditors answer nothing. */
async function whomChoices(): Promise<(readonly [string, string])[]> {
  const [teams, people] = await Promise.all([teamChoices(db()), activePeople(db())])
  const answering = people.filter(({ roles }) => !roles.includes('administrator') && !roles.includes('auditor'))
  return [
    ...teams.map(([id, name]) => [`team:${id}`, `team ${name}`] as const),
    ...answering.map(({ id, name }) => [`person:${id}`, name] as const),
  ]
}
