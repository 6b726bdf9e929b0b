import type { Metadata } from 'next'
import Link from 'next/link'
import { HaltFilter } from '@/components/halt/halt-filter'
import { HaltHistory } from '@/components/halt/halt-history'
import { LiveRefresh } from '@/components/shell/live-refresh'
import { Main, PageHead } from '@/components/shell/page'
import { Empty } from '@/components/ui/empty'
import { Pager } from '@/components/ui/pager'
import { paths } from '@/lib/core/paths'
import { db } from '@/lib/db/client'
import { haltsQuery, type HaltsQuery } from '@/lib/halt/contract'
import { readHaltCounts, readHaltHistory } from '@/lib/halt/read-history'
import { signedIn } from '@/lib/people/session-read'

export const metadata: Metadata = { title: 'All halts' }

/** Every halt there ever was: what somebody asks after the fact, and an auditor on any day. */
export default async function HaltsPage({
  searchParams,
}: {
  searchParams: Promise<Record<string, string | string[] | undefined>>
}) {
  await signedIn()
  const now = new Date()
  const asked = haltsQuery.safeParse(await searchParams)
  const query: HaltsQuery = asked.success ? asked.data : {}
  const [{ rows, older }, counts] = await Promise.all([readHaltHistory(db(), query), readHaltCounts(db())])
  return (
    <Main>
      <LiveRefresh topic="halts" />
      <PageHead
        crumbs={<Link href={paths.halt()}>Halt</Link>}
        title={headline(counts)}
        lead="A halt is never deleted. Each says who engaged it, who lifted it, for how long it held, and who said that they stopped."
      />
      {counts.all === 0 ? (
        <Empty
          kind="never"
          title="Nothing was ever halted."
          start={{ href: paths.halt(), words: 'See what can be halted' }}
          learn={{ href: paths.runbook(), words: 'Read the runbook' }}
        >
          The first halt shows here, whoever engages it.
        </Empty>
      ) : (
        <>
          <HaltFilter query={query} counts={counts} />
          {rows.length > 0 ? (
            <>
              <HaltHistory halts={rows} now={now.getTime()} label="All halts, newest first" />
              <Pager
                words={`${rows.length} shown, newest first`}
                {...(older !== null && { older: paths.halts({ ...query, before: older }) })}
              />
            </>
          ) : (
            <Empty kind="filtered" title="No halt is like that." clear={{ href: paths.halts(), words: 'Show all' }} />
          )}
        </>
      )}
    </Main>
  )
}

function headline({ all, inForce }: { all: number; inForce: number }): string {
  if (all === 0) return 'No halt yet.'
  const those = all === 1 ? 'One halt' : `${all.toLocaleString('en')} halts`
  if (inForce === 0) return `${those}, none in force.`
  return inForce === all ? `${those}, in force.` : `${those}, ${inForce.toLocaleString('en')} in force.`
}
