import { Plus } from 'lucide-react'
import type { Metadata } from 'next'
import Link from 'next/link'
import { BoundaryTabs } from '@/components/boundary/boundary-tabs'
import { NoticeOf } from '@/components/people/notice'
import { saidTo } from '@/components/people/said'
import { LiveRefresh } from '@/components/shell/live-refresh'
import { Main, PageHead, Section } from '@/components/shell/page'
import { ButtonLink } from '@/components/ui/button'
import { Empty } from '@/components/ui/empty'
import { ProposeForm } from '@/components/upstreams/propose-form'
import { UpstreamsTable } from '@/components/upstreams/upstreams-table'
import { ownerChoices } from '@/lib/agents/read'
import { paths } from '@/lib/core/paths'
import { db } from '@/lib/db/client'
import { can } from '@/lib/people/permission'
import { said } from '@/lib/people/session-said'
import { signedIn } from '@/lib/people/session-read'
import { listUpstreams } from '@/lib/upstreams/read'

export const metadata: Metadata = { title: 'Servers' }

/** The MCP servers agents reach through the gateway (C08). `?act=connect` opens the form. */
export default async function UpstreamsPage({ searchParams }: { searchParams: Promise<Record<string, unknown>> }) {
  const actor = await signedIn()
  const [all, flash, asked] = await Promise.all([listUpstreams(db()), said(searchParams), searchParams])
  const may = can(actor, 'upstream.propose')
  const of = (state: string) => all.filter((one) => one.state === state)
  const [waiting, connected, past] = [of('proposed'), of('connected'), of('disconnected')]
  const connect = paths.upstreams({ act: 'connect' })
  return (
    <Main>
      <LiveRefresh topic={['boundaries']} />
      <PageHead
        crumbs={<Link href={paths.boundaries()}>Boundaries</Link>}
        title={headline(connected.length, waiting.length)}
        lead="Agents call these through the gateway: each call is decided, and the credential stays here."
        acts={
          may.ok && (
            <ButtonLink icon={Plus} href={connect}>
              Connect a server…
            </ButtonLink>
          )
        }
      />
      <NoticeOf flash={flash} />
      {may.ok && asked.act === 'connect' && (
        <ProposeForm said={saidTo(flash, '/api/console/upstreams')} owners={await ownerChoices(db())} />
      )}
      <BoundaryTabs current="upstreams" />
      {waiting.length > 0 && (
        <Section id="waiting" title="Waiting for a ciso" aside={`${String(waiting.length)}`}>
          <UpstreamsTable label="Servers that wait for a ciso" rows={waiting} />
        </Section>
      )}
      {connected.length > 0 ? (
        <Section id="connected" title="Connected" aside={`${String(connected.length)}`}>
          <UpstreamsTable label="Connected servers" rows={connected} />
        </Section>
      ) : (
        waiting.length === 0 && (
          <Empty
            kind="never"
            title="No server is connected."
            start={may.ok ? { href: connect, words: 'Connect a server' } : undefined}
          >
            An MCP server that is connected here is called through the gateway, so that each call of an agent is
            decided. {!may.ok && may.reason}
          </Empty>
        )
      )}
      {past.length > 0 && (
        <Section id="past" title="Disconnected" aside={`${String(past.length)}`}>
          <UpstreamsTable label="Servers that were connected once" rows={past} />
        </Section>
      )}
    </Main>
  )
}

function headline(connected: number, waiting: number): string {
  const servers = connected === 1 ? 'One server is connected' : `${String(connected)} servers are connected`
  if (waiting === 0) return connected === 0 ? 'Servers' : `${servers}.`
  return `${connected === 0 ? 'No server is connected' : servers}, ${waiting === 1 ? 'one waits' : `${String(waiting)} wait`} for a ciso.`
}
