import type { Metadata } from 'next'
import { AbsenceForm } from '@/components/people/absence-form'
import { AbsenceTable } from '@/components/people/absence-table'
import { NoticeOf } from '@/components/people/notice'
import { saidTo } from '@/components/people/said'
import { SettingsTabs } from '@/components/people/settings-tabs'
import { Main, PageHead, Section } from '@/components/shell/page'
import { Empty } from '@/components/ui/empty'
import { paths } from '@/lib/core/paths'
import { db } from '@/lib/db/client'
import { can } from '@/lib/people/permission'
import { activePeople } from '@/lib/people/read'
import { readDelegations, type DelegationRow } from '@/lib/people/read-delegations'
import { said } from '@/lib/people/session-said'
import { signedIn } from '@/lib/people/session-read'

export const metadata: Metadata = { title: 'Your absence' }

/** Who answers for one while one is away, and for whom one answers. */
export default async function AbsencePage({ searchParams }: { searchParams: Promise<Record<string, unknown>> }) {
  const actor = await signedIn()
  const now = new Date()
  const [{ mine, forOthers }, people, flash] = await Promise.all([
    readDelegations(db(), actor.id, now),
    activePeople(db()),
    said(searchParams),
  ])
  const begins = can(actor, 'delegation.begin', { personId: actor.id })
  const approves = (roles: readonly string[]) => !roles.includes('administrator') && !roles.includes('auditor')
  return (
    <Main>
      <PageHead
        title={headline(mine, now)}
        lead="Whoever stands in for you answers held actions by your role, your team or your name, once for the two of you. They lend your seat to nobody, sign nothing for you, and what you asked for or own stays closed to them as it is to you."
      />
      <SettingsTabs current={paths.absence()} />
      <NoticeOf flash={flash} />
      {mine.length > 0 && (
        <Section id="mine" title="Who answers for you">
          <AbsenceTable rows={mine} shows="delegate" now={now} />
        </Section>
      )}
      {forOthers.length > 0 && (
        <Section id="others" title="For whom you answer">
          <AbsenceTable rows={forOthers} shows="delegator" now={now} />
        </Section>
      )}
      {begins.ok ? (
        <Section id="begin" title="Name somebody for a while">
          <AbsenceForm
            said={saidTo(flash, '/api/console/delegations')}
            people={people.filter(({ id, roles }) => id !== actor.id && approves(roles))}
          />
        </Section>
      ) : (
        <Empty kind="never" title="Nobody answers for you">
          {begins.reason}
        </Empty>
      )}
    </Main>
  )
}

function headline(mine: readonly DelegationRow[], now: Date): string {
  const current = mine.find(({ startsAt }) => startsAt <= now)
  if (current !== undefined) return `${current.delegate} answers for you.`
  return mine.length > 0 ? 'Somebody answers for you later.' : 'Nobody answers for you.'
}
