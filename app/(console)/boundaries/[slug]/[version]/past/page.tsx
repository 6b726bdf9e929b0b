import type { Metadata } from 'next'
import Link from 'next/link'
import { notFound } from 'next/navigation'
import { NoticeOf } from '@/components/people/notice'
import { NotPermitted } from '@/components/people/not-permitted'
import { Main, PageHead } from '@/components/shell/page'
import { PastGroups } from '@/components/trials/past-groups'
import { PastSection } from '@/components/trials/past-section'
import { Pager } from '@/components/ui/pager'
import { agentNamed } from '@/lib/agents/read'
import { withheldFrom } from '@/lib/audit/withheld'
import { versionParams } from '@/lib/boundary/contract'
import { versionOf } from '@/lib/boundary/read'
import { isFault } from '@/lib/core/fault'
import { paths } from '@/lib/core/paths'
import { db } from '@/lib/db/client'
import { can } from '@/lib/people/permission'
import { said } from '@/lib/people/session-said'
import { signedIn } from '@/lib/people/session-read'
import { changesQuery } from '@/lib/trials/contract'
import { readChanges, simulationOf } from '@/lib/trials/read'

type Props = { params: Promise<{ slug: string; version: string }>; searchParams: Promise<Record<string, unknown>> }

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { slug, version } = await params
  return { title: `${slug}, version ${version}, on the past` }
}

/** A version tried on the past of its agent: every number with the entries behind it. */
export default async function PastPage({ params, searchParams }: Props) {
  const actor = await signedIn()
  const { of, version } = await load(await params)
  const may = can(actor, 'boundary.simulate', { ownerId: of.ownerId })
  const title = `Version ${String(version.version)} of ${of.slug} on the past`
  if (!may.ok) return <NotPermitted title={title} reason={may.reason} />
  const { was, would, before } = changesQuery.safeParse(await onlyKnown(searchParams)).data ?? {}
  const kind = was && would ? { was, would } : null
  const [simulation, flash] = await Promise.all([simulationOf(db(), actor, version), said(searchParams)])
  const page =
    simulation?.result == null
      ? { changes: [], next: null }
      : await readChanges(db(), simulation, kind, before ?? null, withheldFrom(db(), actor.id))
  return (
    <Main>
      <PageHead
        crumbs={
          <>
            <Link href={paths.boundaries()}>Boundaries</Link> / <Link href={paths.agent(of.slug)}>{of.slug}</Link> /{' '}
            <Link href={paths.boundary(of.slug, version.version)}>version {version.version}</Link>
          </>
        }
        title={title}
        lead="Every decision is judged again by the same rules, with what was recorded of it then: the tool’s class, untrusted content, the baseline. What limits would have done is counted from what it would have allowed."
      />
      <NoticeOf flash={flash} />
      <PastSection
        slug={of.slug}
        version={version.version}
        may={may}
        simulation={simulation}
        changes={page.changes}
        whole
      />
      {simulation?.result && (
        <>
          <Pager
            words={kind ? `${kind.was} that would be ${kind.would}, newest first` : 'Every kind, newest first'}
            newer={kind || before ? paths.pastUnder(of.slug, version.version) : undefined}
            older={page.next === null ? undefined : olderThan(page.next)}
          />
          <PastGroups groups={simulation.result.groups} />
        </>
      )}
    </Main>
  )

  function olderThan(next: string): string {
    const query = new URLSearchParams({ ...kind, before: next })
    return `${paths.pastUnder(of.slug, version.version)}?${query.toString()}`
  }
}

async function onlyKnown(given: Promise<Record<string, unknown>>): Promise<Record<string, unknown>> {
  const { was, would, before } = await given
  return {
    ...(was !== undefined && { was }),
    ...(would !== undefined && { would }),
    ...(before !== undefined && { before }),
  }
}

async function load(params: { slug: string; version: string }) {
  const parsed = versionParams.safeParse(params)
  if (!parsed.success) notFound()
  try {
    const of = await agentNamed(db(), parsed.data.slug)
    return { of, version: await versionOf(db(), of, parsed.data.version) }
  } catch (error) {
    if (isFault(error) && error.code === 'not_found') notFound()
    throw error
  }
}
