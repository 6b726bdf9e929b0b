import type { Metadata } from 'next'
import Link from 'next/link'
import { notFound } from 'next/navigation'
import { NoticeOf } from '@/components/people/notice'
import { saidTo } from '@/components/people/said'
import { Columns, Main, PageHead, Section } from '@/components/shell/page'
import { ToolAside } from '@/components/tools/tool-aside'
import { ToolChange, Unseen } from '@/components/tools/tool-change'
import { ToolHistory } from '@/components/tools/tool-history'
import { ToolPanel } from '@/components/tools/tool-panel'
import { ButtonLink } from '@/components/ui/button'
import { Said } from '@/components/ui/said'
import { searchEntries } from '@/lib/audit/search'
import { parseTerms } from '@/lib/audit/term-parse'
import { BEGINNING } from '@/lib/audit/view-range'
import { boundariesNaming } from '@/lib/boundary/naming'
import { isFault } from '@/lib/core/fault'
import { parsePublicId } from '@/lib/core/ids'
import { paths } from '@/lib/core/paths'
import { db } from '@/lib/db/client'
import type { Actor } from '@/lib/people/actor'
import { can } from '@/lib/people/permission'
import { said } from '@/lib/people/session-said'
import { signedIn } from '@/lib/people/session-read'
import { readTool, type ToolDetail } from '@/lib/tools/read'

export const metadata: Metadata = { title: 'Tool' }

/** One tool: what its server says of it, what changed since somebody confirmed it, and a person's word on what it does. */
export default async function ToolPage({
  params,
  searchParams,
}: {
  params: Promise<{ id: string }>
  searchParams: Promise<Record<string, unknown>>
}) {
  const actor = await signedIn()
  const { id } = await params
  const [detail, flash] = await Promise.all([find(id), said(searchParams)])
  const { tool, confirmed, versions } = detail
  const name = `${tool.server}.${tool.name}`
  const [naming, lastUsed] = await Promise.all([
    boundariesNaming(db(), { server: tool.server, tool: tool.name, name }),
    lastAsked(actor, name),
  ])
  const before = confirmed ?? versions[1]
  const words = [tool.title, tool.description].filter((text) => text !== '').join('\n\n')
  return (
    <Main>
      <PageHead
        crumbs={
          <>
            <Link href={paths.boundaries()}>Boundaries</Link> / <Link href={paths.tools()}>Tools</Link>
          </>
        }
        title={headline(detail, name)}
        acts={<ButtonLink href={paths.whoMay({ tool: name })}>Which agents may call it</ButtonLink>}
      />
      <NoticeOf flash={flash} />
      <Columns label="What is known of it" aside={<ToolAside detail={detail} naming={naming} lastUsed={lastUsed} />}>
        {tool.changedAt !== null && before !== undefined && (
          <Section
            id="change"
            title="What changed"
            aside={confirmed === null ? undefined : 'since it was last confirmed'}
          >
            <ToolChange name={name} before={before} after={tool} />
          </Section>
        )}
        <Section id="said" title="What it says">
          {words === '' && tool.schema === null ? (
            <p className="t2">Nobody has said anything of it. Import its server’s list to see what that says.</p>
          ) : (
            <>
              {words !== '' && <Said by={`What came with ${name}, in its own words`} text={words} />}
              {tool.schema !== null && (
                <details className="raw gap-above">
                  <summary>Schema of its arguments</summary>
                  <Said by="JSON Schema, as it came" text={JSON.stringify(tool.schema, null, 2)} />
                </details>
              )}
              {tool.changedAt === null && <Unseen said={tool} />}
            </>
          )}
        </Section>
        <ToolPanel
          tool={tool}
          said={saidTo(flash, `/api/console/tools/${tool.id}/confirmation`)}
          may={can(actor, 'tool.confirm')}
        />
        <Section id="history" title="History" aside={`${String(versions.length)} of ${String(tool.version)}`}>
          <ToolHistory versions={versions} confirmed={tool.confirmedVersion} />
        </Section>
      </Columns>
    </Main>
  )
}

async function find(id: string): Promise<ToolDetail> {
  try {
    return await readTool(db(), parsePublicId('tool', id))
  } catch (error) {
    if (isFault(error)) notFound()
    throw error
  }
}

/** When it was last asked for, as far as the reader may see it; null: never, undefined: that takes too long to find. */
async function lastAsked(actor: Actor, name: string): Promise<string | null | undefined> {
  const read = parseTerms(`kind:action.decided action:"${name}"`)
  if (!read.ok) return undefined
  try {
    const range = { from: BEGINNING, to: new Date() }
    const found = await searchEntries(actor, { terms: read.terms, range }, { limit: 1 })
    return found.ok ? (found.found.rows[0]?.at ?? null) : undefined
  } catch (error) {
    if (isFault(error)) return undefined
    throw error
  }
}

function headline({ tool, confirmed }: ToolDetail, name: string): string {
  if (tool.confirmedAt !== null) return `${name} is confirmed.`
  if (tool.changedAt === null) return `${name} waits for a person to say what it does.`
  return confirmed === null ? `${name} changed before anybody confirmed it.` : `${name} is not what a person confirmed.`
}
