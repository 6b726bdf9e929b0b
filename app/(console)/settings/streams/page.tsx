import type { Metadata } from 'next'
import { NotPermitted } from '@/components/people/not-permitted'
import { NoticeOf } from '@/components/people/notice'
import { SettingsTabs } from '@/components/people/settings-tabs'
import { LiveRefresh } from '@/components/shell/live-refresh'
import { Main, PageHead } from '@/components/shell/page'
import { StreamsTable } from '@/components/streams/streams-table'
import { ButtonLink } from '@/components/ui/button'
import { Empty } from '@/components/ui/empty'
import { paths } from '@/lib/core/paths'
import { db } from '@/lib/db/client'
import { listStreams, type StreamView } from '@/lib/notify/read'
import { can } from '@/lib/people/permission'
import { said } from '@/lib/people/session-said'
import { signedIn } from '@/lib/people/session-read'

export const metadata: Metadata = { title: 'Streams' }

/** Where the ledger is pushed to, and how far behind each receiver is. */
export default async function StreamsPage({ searchParams }: { searchParams: Promise<Record<string, unknown>> }) {
  const actor = await signedIn()
  const permission = can(actor, 'stream.read')
  if (!permission.ok) return <NotPermitted title="Streams" reason={permission.reason} />
  const [streams, flash] = await Promise.all([listStreams(db(), new Date()), said(searchParams)])
  const manages = can(actor, 'stream.manage')
  return (
    <Main>
      <LiveRefresh topic={['streams', 'ledger']} />
      <PageHead
        title={headline(streams)}
        lead="Each stream hands every entry of the ledger to a receiver, in order. It moves on only once the receiver has said that it has it."
        acts={
          manages.ok && (
            <ButtonLink variant="pri" href={paths.newStream()}>
              Make a stream
            </ButtonLink>
          )
        }
      />
      <SettingsTabs current={paths.streams()} />
      <NoticeOf flash={flash} />
      {streams.length === 0 ? (
        <Empty
          kind="never"
          title="No streams yet"
          start={manages.ok ? { href: paths.newStream(), words: 'Make a stream' } : undefined}
        >
          {manages.ok ? 'Push the ledger to your SIEM as webhooks, OpenTelemetry logs or syslog.' : manages.reason}
        </Empty>
      ) : (
        <StreamsTable rows={streams} />
      )}
    </Main>
  )
}

function headline(streams: readonly StreamView[]): string {
  if (streams.length === 0) return 'Nothing is streamed.'
  const failing = streams.filter(({ state }) => state === 'failing')
  if (failing.length === 1) return `${failing[0]?.name ?? 'A stream'} does not deliver.`
  if (failing.length > 1) return `${failing.length} streams do not deliver.`
  const behind = streams.reduce((sum, { lag, state }) => sum + (state === 'paused' ? 0 : lag.entries), 0)
  const all = streams.length === 1 ? 'The stream' : `All ${streams.length} streams`
  return behind === 0
    ? `${all} ${streams.length === 1 ? 'has' : 'have'} caught up.`
    : `${all} ${streams.length === 1 ? 'is' : 'are'} sending.`
}
