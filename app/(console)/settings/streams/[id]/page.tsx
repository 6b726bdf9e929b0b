import type { Metadata } from 'next'
import Link from 'next/link'
import { notFound } from 'next/navigation'
import { NotPermitted } from '@/components/people/not-permitted'
import { NoticeOf } from '@/components/people/notice'
import { LiveRefresh } from '@/components/shell/live-refresh'
import { Block, Columns, Main, PageHead, Section } from '@/components/shell/page'
import { SkippedTable } from '@/components/streams/skipped-table'
import { StreamActForm, StreamActs } from '@/components/streams/stream-acts'
import { StreamStateWord } from '@/components/streams/stream-state'
import { StreamTrouble } from '@/components/streams/stream-trouble'
import { sayBehind, STREAM_WORDS } from '@/components/streams/stream-words'
import { Fact, Facts } from '@/components/ui/facts'
import { Time } from '@/components/ui/time'
import { parsePublicId } from '@/lib/core/ids'
import { isFault } from '@/lib/core/fault'
import { paths } from '@/lib/core/paths'
import { db } from '@/lib/db/client'
import { readStream, type StreamDetail } from '@/lib/notify/read'
import { writeKinds } from '@/lib/notify/stream'
import { can } from '@/lib/people/permission'
import type { Flash } from '@/lib/people/session-flash'
import { said } from '@/lib/people/session-said'
import { signedIn } from '@/lib/people/session-read'

export const metadata: Metadata = { title: 'Stream' }

type Props = { params: Promise<{ id: string }>; searchParams: Promise<Record<string, unknown>> }

/** One stream: how far it is, what is wrong and what to do, what it sends where. `?act=` opens a form. */
export default async function StreamPage({ params, searchParams }: Props) {
  const actor = await signedIn()
  const permission = can(actor, 'stream.read')
  if (!permission.ok) return <NotPermitted title="Stream" reason={permission.reason} />
  const { id } = await params
  const [stream, flash, query] = await Promise.all([find(id), said(searchParams), searchParams])
  const manages = can(actor, 'stream.manage')
  const [self, api] = [paths.streamAt(id), `/api/console/streams/${id}`]
  return (
    <Main>
      <LiveRefresh topic={['streams', 'ledger']} />
      <PageHead
        crumbs={<Link href={paths.streams()}>Streams</Link>}
        title={headline(stream)}
        lead={`${STREAM_WORDS[stream.destination.kind].name} to ${stream.where}`}
      />
      <NoticeOf flash={flash} />
      <div className="mb-6">
        <StreamTrouble stream={stream} self={self} api={api} manages={manages.ok} />
      </div>
      {manages.ok && (
        <StreamActForm name={query.act ?? refusedAct(flash, api)} stream={stream} self={self} api={api} flash={flash} />
      )}
      <Columns
        label="About this stream"
        aside={
          <>
            <Block title="State">
              <StreamStateWord state={stream.state} stopped={stream.stopped} />
              {stream.failingSince !== null && (
                <p className="t2">
                  since <Time at={stream.failingSince} />
                </p>
              )}
            </Block>
            <Block title="Acts">
              {manages.ok ? (
                <StreamActs stream={stream} self={self} api={api} />
              ) : (
                <p className="t2">{manages.reason}</p>
              )}
            </Block>
          </>
        }
      >
        <Section id="progress" title="How far it is">
          <Progress stream={stream} />
        </Section>
        <Section id="settings" title="What it sends">
          <Settings stream={stream} />
        </Section>
        {stream.skipped.length > 0 && (
          <Section id="skipped" title="Skipped" aside="by a person’s decision, and nothing else ever is">
            <SkippedTable rows={stream.skipped} />
          </Section>
        )}
      </Columns>
    </Main>
  )
}

async function find(id: string): Promise<StreamDetail> {
  try {
    const stream = await readStream(db(), parsePublicId('stream', id), new Date())
    if (stream !== null) return stream
  } catch (error) {
    if (!isFault(error)) throw error
  }
  notFound()
}

/** The act whose form was refused without JavaScript: it is opened again, with what was wrong. */
function refusedAct(flash: Flash | undefined, api: string): string | undefined {
  if (flash?.errors === undefined) return undefined
  if (flash.form === api) return 'edit'
  return ['replay', 'skip', 'secret'].find((act) => flash.form === `${api}/${act}`)
}

function headline({ name, state, lag }: StreamDetail): string {
  if (state === 'failing') return `${name} does not deliver.`
  if (state === 'paused') return `${name} is paused.`
  return lag.entries === 0 ? `${name} has caught up.` : `${name} is ${lag.entries.toLocaleString('en')} entries behind.`
}

function Progress({ stream }: { stream: StreamDetail }) {
  const { acked, lag } = stream
  return (
    <Facts width="wide">
      <Fact term="Behind">
        {lag.entries.toLocaleString('en')} {lag.entries === 1 ? 'entry' : 'entries'}, {sayBehind(lag.seconds)}
      </Fact>
      <Fact term="Last acknowledged">
        {acked === null ? (
          'nothing yet'
        ) : (
          <>
            <Link href={paths.entry(acked.index)}>#{acked.index}</Link>, recorded <Time at={acked.entryAt} />,
            acknowledged <Time at={acked.at} show="relative" />
          </>
        )}
      </Fact>
      <Fact term="Next">#{stream.next}</Fact>
      <Fact term="A minute">about {stream.perMinute.toLocaleString('en')} entries</Fact>
      <Fact term="Sent in all">{stream.sent.toLocaleString('en')}</Fact>
    </Facts>
  )
}

function Settings({ stream }: { stream: StreamDetail }) {
  const { destination, kinds, contents } = stream
  const { settings } = destination
  return (
    <Facts width="wide">
      <Fact term="Kinds">{kinds === null ? 'every kind of entry' : <code>{writeKinds(kinds)}</code>}</Fact>
      <Fact term="What">
        {contents === 'entries'
          ? 'entries alone, no personal data'
          : 'entries with tool, resource and requester, in plain'}
      </Fact>
      <Fact term="Private addresses">{settings.private ? 'allowed' : 'refused'}</Fact>
      {'batch' in settings && <Fact term="In a request">{settings.batch ? 'up to 100' : 'one'}</Fact>}
      <Fact term="Secret">{stream.hasSecret ? 'kept encrypted, shown to nobody' : 'none'}</Fact>
      <Fact term="Made">
        <Time at={stream.createdAt} />
      </Fact>
    </Facts>
  )
}
