import type { Metadata } from 'next'
import { AlertsTable } from '@/components/alerts/alerts-table'
import { NoticeOf } from '@/components/people/notice'
import { LiveRefresh } from '@/components/shell/live-refresh'
import { Main, PageHead } from '@/components/shell/page'
import { Empty } from '@/components/ui/empty'
import { Pager } from '@/components/ui/pager'
import { Segment } from '@/components/ui/tabs'
import { alertsQuery } from '@/lib/alerts/contract'
import { countOpenAlerts, listAlerts } from '@/lib/alerts/read'
import { paths } from '@/lib/core/paths'
import { streamNames } from '@/lib/notify/read'
import { db } from '@/lib/db/client'
import { FLASH_PARAMETER } from '@/lib/people/session-flash'
import { said } from '@/lib/people/session-said'
import { signedIn } from '@/lib/people/session-read'
import { toolNames } from '@/lib/tools/read'

export const metadata: Metadata = { title: 'Alerts' }

/** What somebody should look at: forbidden and rejected proposals, repeated and escalated until a person says they looked. */
export default async function AlertsPage({ searchParams }: { searchParams: Promise<Record<string, string>> }) {
  await signedIn()
  const { [FLASH_PARAMETER]: _, ...search } = await searchParams
  const asked = alertsQuery.safeParse(search)
  const query = asked.success ? asked.data : alertsQuery.parse({})
  const [{ rows, older }, open, flash] = await Promise.all([
    listAlerts(db(), query),
    countOpenAlerts(db()),
    said(searchParams),
  ])
  const [streams, tools] = await Promise.all([
    streamNames(
      db(),
      rows.map(({ streamId }) => streamId),
    ),
    toolNames(
      db(),
      rows.map(({ toolId }) => toolId),
    ),
  ])
  const total = open.notice + open.warning + open.critical
  return (
    <Main>
      <LiveRefresh topic="alerts" />
      <PageHead
        title={headline(total, open.critical)}
        lead="A forbidden or rejected proposal, or a limit that is reached, raises one alert for its agent; a tool that changed, a stream or a ledger in trouble raises its own. Repeats, and silence, make it louder."
        acts={
          <Segment
            label="Which alerts"
            choices={[
              { label: 'Open', count: total, href: paths.alerts(), current: query.show === 'open' },
              { label: 'All', href: `${paths.alerts()}?show=all`, current: query.show === 'all' },
            ]}
          />
        }
      />
      <NoticeOf flash={flash} />
      {rows.length > 0 ? (
        <>
          <AlertsTable rows={rows} streams={streams} tools={tools} />
          <Pager
            words={`${rows.length} shown, newest first`}
            older={
              older === null ? undefined : `${paths.alerts()}?show=${query.show}&before=${encodeURIComponent(older)}`
            }
          />
        </>
      ) : query.show === 'open' ? (
        <Empty
          kind="done"
          title="Nothing is open."
          see={{ href: `${paths.alerts()}?show=all`, words: 'Show all alerts' }}
        >
          No agent proposed anything forbidden, and nobody rejected a proposal, since the last alert was acknowledged.
        </Empty>
      ) : (
        <Empty
          kind="never"
          title="There never was an alert."
          learn={{ href: paths.audit(), words: 'See what agents do' }}
        >
          The first forbidden or rejected proposal shows here.
        </Empty>
      )}
    </Main>
  )
}

function headline(total: number, critical: number): string {
  if (total === 0) return 'No alert is open.'
  const alerts = total === 1 ? 'One alert is open' : `${total} alerts are open`
  if (critical === 0) return `${alerts}.`
  return total === critical ? `${alerts}, critical.` : `${alerts}, ${critical} of them critical.`
}
