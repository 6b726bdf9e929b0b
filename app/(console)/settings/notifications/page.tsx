import type { Metadata } from 'next'
import { AllowScreen } from '@/components/notifications/allow-screen'
import { CHOICE, ChoiceForm } from '@/components/notifications/choice-form'
import { RecentTable } from '@/components/notifications/recent-table'
import { NoticeOf } from '@/components/people/notice'
import { saidTo } from '@/components/people/said'
import { SettingsTabs } from '@/components/people/settings-tabs'
import { timeZoneChoices } from '@/components/people/time-zones'
import { LiveRefresh } from '@/components/shell/live-refresh'
import { Main, PageHead, Section } from '@/components/shell/page'
import { Empty } from '@/components/ui/empty'
import { paths } from '@/lib/core/paths'
import { db } from '@/lib/db/client'
import { readOwnNotifications } from '@/lib/notify/read-notifications'
import { said } from '@/lib/people/session-said'
import { signedIn } from '@/lib/people/session-read'

export const metadata: Metadata = { title: 'Notifications' }

/** What one hears of, how and when; and how one's last messages went. */
export default async function NotificationsPage({ searchParams }: { searchParams: Promise<Record<string, unknown>> }) {
  const actor = await signedIn()
  const [{ choice, mail, recent }, flash] = await Promise.all([
    readOwnNotifications(db(), actor.id),
    said(searchParams),
  ])
  return (
    <Main>
      <LiveRefresh topic={['notifications']} />
      <PageHead
        title={mail ? `You hear by mail at ${actor.email}.` : 'No mail leaves yet.'}
        lead="A message says that something waits and where. Nothing is ever decided by one."
      />
      <SettingsTabs current={paths.notifications()} />
      <NoticeOf flash={flash} />
      <Section id="screen" title="In this browser">
        <AllowScreen />
      </Section>
      <Section id="choice" title="What you hear of">
        <ChoiceForm
          // what was chosen elsewhere meanwhile must not be undone by a form that still shows what was before
          key={JSON.stringify(choice)}
          choice={choice}
          mail={mail}
          zones={timeZoneChoices()}
          said={saidTo(flash, CHOICE)}
        />
      </Section>
      <Section id="recent" title="Sent lately" aside="to you, the last 50">
        {recent.length === 0 ? (
          <Empty kind="never" title="Nothing yet">
            What is sent to you is listed here, with what became of it.
          </Empty>
        ) : (
          <RecentTable rows={recent} />
        )}
      </Section>
    </Main>
  )
}
