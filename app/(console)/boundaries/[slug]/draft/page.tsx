import type { Metadata } from 'next'
import Link from 'next/link'
import { notFound } from 'next/navigation'
import { Editor } from '@/components/boundary/editor'
import { Guide } from '@/components/boundary/guide'
import type { KnownTool, RecentCall } from '@/components/boundary/known-tool'
import { OverruledNote } from '@/components/boundary/overruled-note'
import { NotPermitted } from '@/components/people/not-permitted'
import { saidTo } from '@/components/people/said'
import { Main, PageHead } from '@/components/shell/page'
import { FromUseNote } from '@/components/trials/from-use-note'
import { ButtonLink } from '@/components/ui/button'
import { Empty } from '@/components/ui/empty'
import { withheldFrom } from '@/lib/audit/withheld'
import { governedBy, standingOf, type Standing } from '@/lib/boundary/read'
import { contradictedBy } from '@/lib/boundary/read-baseline'
import { asBoundary, type Governed } from '@/lib/boundary/subject'
import { BASELINE_TEMPLATE, templateFor } from '@/lib/boundary/template'
import { isFault } from '@/lib/core/fault'
import { spelledOut } from '@/lib/core/hostile'
import { paths } from '@/lib/core/paths'
import { db } from '@/lib/db/client'
import { recentActions } from '@/lib/decisions/recent'
import { pool } from '@/lib/db/pool'
import type { Actor } from '@/lib/people/actor'
import { can } from '@/lib/people/permission'
import { said } from '@/lib/people/session-said'
import { signedIn } from '@/lib/people/session-read'
import { listTools } from '@/lib/tools/read'
import { sampleArguments } from '@/lib/tools/sample'
import { stakesOf } from '@/lib/tools/tool'
import { DEFAULT_DAYS } from '@/lib/trials/contract'
import { draftFromUse, type DraftedFromUse } from '@/lib/trials/draft-from-use'

type Props = { params: Promise<{ slug: string }>; searchParams: Promise<Record<string, unknown>> }

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: `Draft for ${(await params).slug}` }
}

/** Drafting a boundary: the text of the open draft, else of what is in force, else a first one to begin with. */
export default async function DraftPage({ params, searchParams }: Props) {
  const actor = await signedIn()
  const { slug } = await params
  const of = await find(slug)
  const name = of === null ? 'the baseline' : of.slug
  const title = `Draft ${of === null ? 'the baseline' : `the boundary of ${of.slug}`}`
  const may = can(actor, of === null ? 'baseline.draft' : 'boundary.draft', { ownerId: of?.ownerId })
  if (!may.ok) return <NotPermitted title={title} reason={may.reason} />
  if (of?.state === 'retired')
    return <NotPermitted title={title} reason="It is retired: nothing governs it any more." />
  const [standing, flash] = await Promise.all([standingOf(db(), of), said(searchParams)])
  const { draft, inForce } = standing
  const drafted = draft ?? inForce
  const document = drafted && asBoundary(drafted.document)
  const overruled = document && (await contradictedBy(db(), document))
  const mine = draft === null || draft.draftedBy === actor.id
  const fromUse = of !== null && mine && (await searchParams).from === 'use' ? await usedBy(actor, of, standing) : null
  const form = saidTo(flash, `/api/console/boundaries/${slug}/draft`)
  const version = draft?.version ?? (standing.versions[0]?.version ?? 0) + 1
  return (
    <Main>
      <PageHead
        crumbs={
          <>
            <Link href={paths.boundaries()}>Boundaries</Link> /{' '}
            {of === null ? 'baseline' : <Link href={paths.agent(slug)}>{slug}</Link>}
          </>
        }
        title={`Version ${String(version)} of ${name}, a draft`}
        lead={lead(standing, name)}
        acts={
          of !== null && (
            <>
              {draft?.draftedBy === actor.id && (
                <ButtonLink href={paths.pastUnder(slug, draft.version)}>Try it on the past</ButtonLink>
              )}
              {mine && fromUse === null && (
                <ButtonLink href={`${paths.draftBoundary(slug)}?from=use`}>Draft from use</ButtonLink>
              )}
            </>
          )
        }
      />
      {fromUse && <FromUseNote of={fromUse} />}
      {overruled && <OverruledNote of={overruled.clauses} baseline={overruled.version} />}
      {draft !== null && !mine ? (
        <Empty
          kind="not-permitted"
          title={`${draft.drafter} has version ${String(draft.version)} open.`}
          see={{ href: paths.boundary(slug, draft.version), words: `Read version ${String(draft.version)}` }}
        >
          There is one draft at a time. It has to be signed, sent back or withdrawn before the next one begins.
        </Empty>
      ) : (
        <>
          <Editor
            key={`${String(version)} ${fromUse === null ? '' : 'use'}`}
            slug={slug}
            source={form.value('source') ?? fromUse?.source ?? draft?.source ?? inForce?.source ?? firstText(of)}
            note={form.value('note') ?? draft?.note ?? ''}
            saved={{ version, exists: draft !== null }}
            said={{ errors: form.errors }}
            tools={await knownTools()}
            recent={of === null ? null : await recentCalls(actor, of)}
          />
          <Guide baseline={of === null} />
        </>
      )}
    </Main>
  )
}

/** The narrowest text that covers what the agent did in the last month, for its drafter to read. */
function usedBy(actor: Actor, of: Governed, standing: Standing): Promise<DraftedFromUse> {
  return draftFromUse(pool(), of, DEFAULT_DAYS, standing.catalogue, withheldFrom(db(), actor.id), new Date())
}

async function find(slug: string): Promise<Governed | null> {
  try {
    return await governedBy(db(), slug)
  } catch (error) {
    if (isFault(error) && error.code === 'not_found') notFound()
    throw error
  }
}

function lead({ draft, inForce }: Standing, name: string): string {
  if (draft !== null) return 'You go on with your draft. Whoever signs it sees exactly this text, and what it changes.'
  if (inForce !== null)
    return `It begins with the text of version ${String(inForce.version)}, which stays in force until this one is signed.`
  return name === 'the baseline'
    ? 'No baseline is signed yet. What it says applies to every agent, and no boundary can loosen it.'
    : 'Nothing is signed yet, so everything it asks is forbidden. Begin with what it has to read.'
}

function firstText(of: Governed | null): string {
  return of === null ? BASELINE_TEMPLATE : templateFor(of.slug)
}

const MOST_TOOLS = 500
const LONGEST_SAYS = 100

/** The catalogue as the editor offers it: what nobody confirmed has no class, and says so. */
async function knownTools(): Promise<KnownTool[]> {
  const tools = await listTools(db())
  return tools.slice(0, MOST_TOOLS).map(({ server, name, description, schema, class: known, confirmedAt }) => {
    const classed =
      known === null || confirmedAt === null
        ? 'not confirmed'
        : [known.access, ...stakesOf(known).map((stake) => stake.replaceAll('_', ' '))].join(', ')
    const says = description === '' ? classed : `${classed}: ${description}`
    return {
      name: `${server}.${name}`,
      says: spelledOut(says).slice(0, LONGEST_SAYS),
      sample: sampleArguments(schema ?? undefined),
    }
  })
}

/** What the agent did lately, a line for each tool and resource, where the reader may see the record. */
async function recentCalls(actor: Actor, of: Governed): Promise<RecentCall[]> {
  if (!can(actor, 'audit.read', { ownerId: of.ownerId }).ok) return []
  const actions = await recentActions(db(), of.id, 20)
  const calls = new Map(actions.map(({ tool, resource }) => [`${tool} ${resource ?? ''}`, { tool, resource }]))
  return [...calls.values()].slice(0, 10).map(({ tool, resource }) => ({
    tool: spelledOut(tool),
    resource: resource === null ? null : spelledOut(resource),
  }))
}
