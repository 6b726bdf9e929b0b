import type { Metadata } from 'next'
import Link from 'next/link'
import { BoundaryTabs } from '@/components/boundary/boundary-tabs'
import { Main, PageHead, Section } from '@/components/shell/page'
import { MayGridTable } from '@/components/trials/may-grid'
import { Button, ButtonLink } from '@/components/ui/button'
import { Empty } from '@/components/ui/empty'
import { Field, Select } from '@/components/ui/field'
import { Time } from '@/components/ui/time'
import { paths } from '@/lib/core/paths'
import { db } from '@/lib/db/client'
import { pool } from '@/lib/db/pool'
import { signedIn } from '@/lib/people/session-read'
import { serverNames } from '@/lib/tools/read-names'
import { countUnconfirmed } from '@/lib/tools/read'
import { mayGrid, type MayGrid } from '@/lib/trials/may-grid'

export const metadata: Metadata = { title: 'Who may, as a picture' }

const MOST_SERVERS = 500
type View = { server: string; q: string; after: string; tool: string }

/** Agents by the tools of one server: for whoever would rather look than read. The view is the address. */
export default async function MayGridPage({ searchParams }: { searchParams: Promise<Record<string, unknown>> }) {
  await signedIn()
  const params = await searchParams
  const [servers, unconfirmed] = await Promise.all([serverNames(db(), MOST_SERVERS), countUnconfirmed(db())])
  const text = (name: string) => (typeof params[name] === 'string' ? params[name].trim().slice(0, 193) : '')
  const view: View = {
    server: text('server') || (servers[0] ?? ''),
    q: text('q').toLowerCase(),
    after: text('after'),
    tool: text('tool'),
  }
  const grid =
    view.server === ''
      ? null
      : await mayGrid(db(), pool('app'), view.server, {
          word: view.q,
          after: view.after,
          afterTool: view.tool,
          now: new Date(),
        })
  const at = (over: Partial<View>) => paths.mayGrid({ ...view, ...over })
  return (
    <Main>
      <PageHead
        crumbs={
          <>
            <Link href={paths.boundaries()}>Boundaries</Link> / <Link href={paths.whoMay()}>Who may</Link>
          </>
        }
        title={view.server === '' ? 'Who may, as a picture' : `What each agent may do with ${view.server}`}
        lead="What the gate would answer if each agent called each tool now, with no arguments said. It is a question, no decision: nothing is recorded, and what is left of limits is not looked at."
      />
      <BoundaryTabs current="may" unconfirmed={unconfirmed} />
      {servers.length > 0 && (
        <form method="get" className="period" role="search" aria-label="Picture">
          <Select
            label="The tools of"
            name="server"
            choices={[...new Set([...servers, view.server])].map((name) => [name, name] as const)}
            defaultValue={view.server}
          />
          <Field
            label="Only agents with"
            aside="in their name"
            name="q"
            type="search"
            maxLength={63}
            autoComplete="off"
            defaultValue={view.q}
          />
          <Button type="submit">Show</Button>
        </form>
      )}
      {grid === null ? (
        <Empty
          kind="never"
          title="The catalogue has no tools yet."
          start={{ href: paths.tools(), words: 'Add your tools' }}
        >
          A picture is of the tools of one server.
        </Empty>
      ) : (
        <Section
          id="grid"
          title="Agents and tools"
          aside={
            <>
              as of <Time at={grid.at} show="clock" />, by the version beside each
            </>
          }
        >
          <Shown grid={grid} view={view} at={at} />
        </Section>
      )}
    </Main>
  )
}

function Shown({ grid, view, at }: { grid: MayGrid; view: View; at: (over: Partial<View>) => string }) {
  const { tools, rows, next } = grid
  if (tools.length === 0)
    return (
      <Empty
        kind="filtered"
        title="The catalogue has no tools of that server."
        clear={{ href: paths.mayGrid(), words: 'Show another server' }}
      />
    )
  if (rows.length === 0)
    return view.q === '' && view.after === '' ? (
      <Empty
        kind="never"
        title="There is no agent yet."
        start={{ href: paths.newAgent(), words: 'Register an agent' }}
      />
    ) : (
      <Empty
        kind="filtered"
        title="No agent is like that."
        clear={{ href: at({ q: '', after: '' }), words: 'Show every agent' }}
      />
    )
  return (
    <>
      <MayGridTable grid={grid} server={view.server} />
      <p className="facts-gap">
        {(view.after !== '' || view.tool !== '') && (
          <ButtonLink size="sm" href={at({ after: '', tool: '' })}>
            From the first
          </ButtonLink>
        )}{' '}
        {next.agent !== null && (
          <ButtonLink size="sm" href={at({ after: next.agent })}>
            Agents after {next.agent}
          </ButtonLink>
        )}{' '}
        {next.tool !== null && (
          <ButtonLink size="sm" href={at({ tool: next.tool })}>
            Tools after {next.tool}
          </ButtonLink>
        )}
      </p>
    </>
  )
}
