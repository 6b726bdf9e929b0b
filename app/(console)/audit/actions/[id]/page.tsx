import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import { ExportMenu } from '@/components/audit/export-menu'
import { StoryAside } from '@/components/audit/story-aside'
import { StoryHead } from '@/components/audit/story-head'
import { StoryView } from '@/components/audit/story-view'
import { LiveRefresh } from '@/components/shell/live-refresh'
import { Columns, Main } from '@/components/shell/page'
import { readStandingOf } from '@/lib/agents/read-grade'
import { proveEntry } from '@/lib/audit/read-proof'
import { readStory } from '@/lib/audit/read-story'
import type { Story } from '@/lib/audit/story'
import { isFault } from '@/lib/core/fault'
import { paths } from '@/lib/core/paths'
import { db } from '@/lib/db/client'
import type { Actor } from '@/lib/people/actor'
import { can } from '@/lib/people/permission'
import { sessionConfig } from '@/lib/people/session-config'
import { signedIn } from '@/lib/people/session-read'

export const metadata: Metadata = { title: 'Action' }

/** One action's whole story: asked, decided, approved, executed, proven, and two hops to the human (C06, C28). */
export default async function ActionPage({
  params,
  searchParams,
}: {
  params: Promise<{ id: string }>
  searchParams: Promise<Record<string, string | string[] | undefined>>
}) {
  const actor = await signedIn()
  const { id } = await params
  const story = await find(actor, id)
  const standing = await readStandingOf(db(), story.agent.slug, new Date())
  const verify = (await searchParams).verify === '1'
  // a printed page carries its proof whether or not it was asked for on screen
  const proof = story.proof ? await proveEntry(db(), story.proof.index) : null
  const link = new URL(paths.action(story.action), sessionConfig().publicUrl).href
  return (
    <Main>
      <LiveRefresh topic={['actions', 'approvals', 'halts']} />
      <StoryHead story={story} link={link} />
      <Columns label="Who stands behind it" aside={<StoryAside story={story} standing={standing} />}>
        <StoryView story={story} proof={proof} shown={verify} />
        {can(actor, 'audit.export').ok && (
          <p>
            <ExportMenu query={{ action: id }} />
          </p>
        )}
      </Columns>
    </Main>
  )
}

async function find(actor: Actor, id: string): Promise<Story> {
  try {
    return await readStory(db(), actor, id)
  } catch (error) {
    if (isFault(error) && (error.code === 'not_found' || error.code === 'invalid_id')) notFound()
    throw error
  }
}
