import { Lock } from 'lucide-react'
import type { Metadata } from 'next'
import Link from 'next/link'
import { NoticeOf } from '@/components/people/notice'
import { saidTo } from '@/components/people/said'
import { ProtectForm } from '@/components/resources/protect-form'
import { ResourceTable } from '@/components/resources/resource-table'
import { Main, PageHead, Section } from '@/components/shell/page'
import { ButtonLink } from '@/components/ui/button'
import { Empty } from '@/components/ui/empty'
import { agentSlugs, ownerChoices } from '@/lib/agents/read'
import { paths } from '@/lib/core/paths'
import { db } from '@/lib/db/client'
import { can } from '@/lib/people/permission'
import { said } from '@/lib/people/session-said'
import { signedIn } from '@/lib/people/session-read'
import { listResources } from '@/lib/resources/read'

export const metadata: Metadata = { title: 'Protected resources' }

/** Everything people marked as protected (C21): no agent's change of it passes without a person. */
export default async function ResourcesPage({ searchParams }: { searchParams: Promise<Record<string, unknown>> }) {
  const actor = await signedIn()
  const [all, flash, asked] = await Promise.all([listResources(db()), said(searchParams), searchParams])
  const rows = all.filter(({ owner }) => can(actor, 'audit.read', { ownerId: owner.id }).ok)
  const may = can(actor, 'resource.protect')
  const living = rows.filter(({ unmarkedAt }) => unmarkedAt === null)
  const past = rows.filter(({ unmarkedAt }) => unmarkedAt !== null)
  const protect = `${paths.resources()}?act=protect`
  return (
    <Main>
      <PageHead
        crumbs={<Link href={paths.audit()}>Audit</Link>}
        title={headline(living.length)}
        lead="A change of one of these that an agent proposes waits for a named person, whatever the agent’s boundary allows."
        acts={
          may.ok && (
            <ButtonLink icon={Lock} href={protect}>
              Protect a resource…
            </ButtonLink>
          )
        }
      />
      <NoticeOf flash={flash} />
      {may.ok && asked.act === 'protect' && (
        <ProtectForm
          said={saidTo(flash, '/api/console/resources')}
          owners={await ownerChoices(db())}
          agents={await agentSlugs(db())}
        />
      )}
      {living.length === 0 ? (
        <Empty
          kind="never"
          title="Nothing is protected."
          start={may.ok ? { href: protect, words: 'Protect a resource' } : undefined}
        >
          Mark a detection rule or a production config: no agent changes it then without somebody’s approval.
          {!may.ok && ` ${may.reason}`}
        </Empty>
      ) : (
        <Section id="living" title="Protected" aside={`${living.length}`}>
          <ResourceTable label="Protected resources" rows={living} />
        </Section>
      )}
      {past.length > 0 && (
        <Section id="past" title="No longer protected" aside={`${past.length}`}>
          <ResourceTable label="Resources that were protected once" rows={past} />
        </Section>
      )}
    </Main>
  )
}

function headline(count: number): string {
  if (count === 0) return 'Protected resources'
  return count === 1 ? 'One resource is protected' : `${count} resources are protected`
}
