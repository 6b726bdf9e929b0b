import type { Metadata } from 'next'
import Link from 'next/link'
import { notFound } from 'next/navigation'
import { NoticeOf } from '@/components/people/notice'
import { saidTo } from '@/components/people/said'
import { LiveRefresh } from '@/components/shell/live-refresh'
import { Block, Columns, Main, PageHead, Section } from '@/components/shell/page'
import { ToolsTable } from '@/components/tools/tools-table'
import { ButtonLink } from '@/components/ui/button'
import { CodeBlock } from '@/components/ui/code-block'
import { Empty } from '@/components/ui/empty'
import { Fact, Facts } from '@/components/ui/facts'
import { HostileText } from '@/components/ui/hostile-text'
import { Time } from '@/components/ui/time'
import { CredentialForm, DisconnectForm, SignForm } from '@/components/upstreams/upstream-acts'
import { UpstreamState } from '@/components/upstreams/upstreams-table'
import { isFault } from '@/lib/core/fault'
import { publicId } from '@/lib/core/ids'
import { paths } from '@/lib/core/paths'
import { db } from '@/lib/db/client'
import { can } from '@/lib/people/permission'
import { sessionConfig } from '@/lib/people/session-config'
import { said } from '@/lib/people/session-said'
import { signedIn } from '@/lib/people/session-read'
import { listTools } from '@/lib/tools/read'
import { readUpstream, type UpstreamView } from '@/lib/upstreams/read'

export const metadata: Metadata = { title: 'Server' }

type Props = { params: Promise<{ name: string }>; searchParams: Promise<Record<string, unknown>> }

/** One MCP server that agents reach: what was stated and signed, and its tools as they are pinned. */
export default async function UpstreamPage({ params, searchParams }: Props) {
  const actor = await signedIn()
  const of = await find(decodeURIComponent((await params).name))
  const [tools, flash, asked] = [await listTools(db()), await said(searchParams), await searchParams]
  const pinned = tools.filter(({ server }) => server === of.name)
  const changed = pinned.filter(({ changedAt }) => changedAt !== null)
  const base = `/api/console/upstreams/${publicId('upstream', of.id)}`
  const living = of.state !== 'disconnected'
  const sign = can(actor, 'upstream.connect', { drafterId: of.proposedBy })
  const may = {
    sign: of.state === 'proposed' && sign.ok,
    rekey: living && of.header !== null && can(actor, 'upstream.rekey').ok,
    disconnect: living && can(actor, 'upstream.disconnect', { ownerId: of.ownerId }).ok,
  }
  const form = (act: string) => ({ of, action: `${base}/${act}`, said: saidTo(flash, `${base}/${act}`) })
  return (
    <Main>
      <LiveRefresh topic={['boundaries']} />
      <PageHead
        crumbs={
          <>
            <Link href={paths.boundaries()}>Boundaries</Link> / <Link href={paths.upstreams()}>Servers</Link>
          </>
        }
        title={headline(of, changed.length)}
        lead={<HostileText text={of.reach} max={400} />}
        acts={
          <>
            {may.sign && <ButtonLink href={paths.upstream(of.name, { act: 'sign' })}>Sign for it…</ButtonLink>}
            {may.rekey && (
              <ButtonLink href={paths.upstream(of.name, { act: 'credential' })}>Replace its credential…</ButtonLink>
            )}
            {may.disconnect && (
              <ButtonLink href={paths.upstream(of.name, { act: 'disconnect' })}>Disconnect…</ButtonLink>
            )}
          </>
        }
      />
      <NoticeOf flash={flash} />
      {may.sign && asked.act === 'sign' && <SignForm {...form('connection')} />}
      {may.rekey && asked.act === 'credential' && <CredentialForm {...form('credential')} />}
      {may.disconnect && asked.act === 'disconnect' && <DisconnectForm {...form('disconnection')} />}
      <Columns
        label="About this server"
        aside={<Aside of={of} note={of.state === 'proposed' && !sign.ok ? sign.reason : null} />}
      >
        <Section
          id="tools"
          title="Its tools"
          aside="as they were pinned: a change is withheld until a person has read it"
        >
          {pinned.length === 0 ? (
            <Empty kind="never" title="Nobody has listed its tools yet.">
              They are pinned when the first agent lists them. Until a person has said what one does, each call of it
              asks a person.
            </Empty>
          ) : (
            <ToolsTable label="Pinned tools" rows={pinned} />
          )}
        </Section>
        {living && (
          <Section id="use" title="How agents reach it">
            <CodeBlock label="In .mcp.json of Claude Code" source={configuration(of.name)} />
          </Section>
        )}
      </Columns>
    </Main>
  )
}

function Aside({ of, note }: { of: UpstreamView; note: string | null }) {
  return (
    <Block title="Stated">
      <Facts>
        <Fact term="State">
          <UpstreamState of={of} />
        </Fact>
        {note !== null && <Fact term="To sign">{note}</Fact>}
        <Fact term="Address">
          <span className="mono">
            <HostileText text={of.address} max={200} />
          </span>
        </Fact>
        <Fact term="Network">{of.private ? 'our own is reached' : 'public addresses alone'}</Fact>
        <Fact term="Production">{of.production ? 'can write to it' : 'cannot write to it'}</Fact>
        <Fact term="Its results">
          {of.trusted ? 'written by the organisation alone' : 'taint the run that reads them'}
        </Fact>
        <Fact term="Credential">{of.credential ? `kept, sent as ${of.header ?? ''}` : 'none'}</Fact>
        <Fact term="Answers for it">
          <Link href={paths.person(publicId('person', of.ownerId))}>{of.owner}</Link>
          {!of.ownerActive && ' (deactivated)'}
        </Fact>
        <Fact term="Proposed">
          {of.proposer}, <Time at={of.proposedAt} show="day" />
        </Fact>
        {of.connectedAt !== null && (
          <Fact term={of.signed ? 'Signed' : 'Connected'}>
            {of.connector}, <Time at={of.connectedAt} show="day" />
          </Fact>
        )}
        {of.statement !== null && of.statement !== '' && <Fact term="Statement">{of.statement}</Fact>}
        {of.endedAt !== null && (
          <Fact term="Ended">
            {of.ender}, <Time at={of.endedAt} show="day" />: <HostileText text={of.endReason ?? ''} max={200} />
          </Fact>
        )}
      </Facts>
    </Block>
  )
}

async function find(name: string): Promise<UpstreamView> {
  try {
    return await readUpstream(db(), name)
  } catch (error) {
    if (isFault(error) && error.code === 'not_found') notFound()
    throw error
  }
}

function headline(of: UpstreamView, changed: number): string {
  if (of.state === 'proposed') return `${of.name} waits for a ciso`
  if (of.state === 'disconnected') return `${of.name} is disconnected`
  if (changed === 0) return `${of.name} is connected`
  return `${of.name} is connected, and ${changed === 1 ? 'one tool of it has' : `${String(changed)} tools of it have`} changed`
}

function configuration(name: string): string {
  const url = `${sessionConfig().publicUrl}/mcp/${name}`
  const server = {
    type: 'http',
    url,
    headers: { Authorization: 'Bearer ${COUNTERSIGN_ACCESS_TOKEN}' },
    timeout: 600_000,
  }
  return JSON.stringify({ mcpServers: { [name]: server } }, null, 2)
}
