import type { Metadata } from 'next'
import Link from 'next/link'
import { AuditEmpty } from '@/components/audit/audit-empty'
import { AuditTable } from '@/components/audit/audit-table'
import { ExportMenu } from '@/components/audit/export-menu'
import { FilterBar } from '@/components/audit/filter-bar'
import { NewEntries } from '@/components/audit/new-entries'
import { OutcomeRail } from '@/components/audit/outcome-rail'
import { Main, PageHead } from '@/components/shell/page'
import { Empty } from '@/components/ui/empty'
import { Pager } from '@/components/ui/pager'
import { auditPath, filterWords, isFiltered, readQuery, type AuditQuery } from '@/lib/audit/query'
import { readAudit } from '@/lib/audit/read'
import { paths } from '@/lib/core/paths'
import { db } from '@/lib/db/client'
import { can } from '@/lib/people/permission'
import { signedIn } from '@/lib/people/session-read'

export const metadata: Metadata = { title: 'Audit' }

/** Everything that was recorded, newest first. The address is the view. */
export default async function AuditPage({
  searchParams,
}: {
  searchParams: Promise<Record<string, string | string[] | undefined>>
}) {
  const actor = await signedIn()
  const asked = readQuery(await searchParams)
  const now = new Date()
  const query: AuditQuery = asked.ok ? asked.query : {}
  const { page, agents, any, unknownAgent } = await readAudit(db(), actor, query)
  const newest = page.rows[0]
  const top = query.before === undefined && query.after === undefined
  return (
    <Main>
      <PageHead
        title="Audit"
        lead={
          isFiltered(query) ? `Entries where ${filterWords(query)}.` : 'Everything that was recorded, newest first.'
        }
        acts={
          <>
            <Link href={paths.integrity()}>Is it whole?</Link>
            {can(actor, 'audit.export').ok && <ExportMenu query={{ agent: query.agent, outcome: query.outcome }} />}
          </>
        }
      />
      <FilterBar query={query} agents={agents} />
      {asked.ok ? (
        <div className="three plain">
          <OutcomeRail query={query} agents={agents} />
          <div>
            {newest && top && <NewEntries key={newest.id} query={query} after={newest.id} />}
            {page.rows.length > 0 ? (
              <>
                <AuditTable rows={page.rows} now={now} />
                <Pager
                  words={`${page.rows.length} ${page.rows.length === 1 ? 'entry' : 'entries'}, newest first`}
                  newer={
                    page.newer === null ? undefined : auditPath({ ...query, before: undefined, after: page.newer })
                  }
                  older={
                    page.older === null ? undefined : auditPath({ ...query, after: undefined, before: page.older })
                  }
                />
              </>
            ) : (
              <AuditEmpty query={query} any={any} unknownAgent={unknownAgent} />
            )}
          </div>
        </div>
      ) : (
        <Empty
          kind="filtered"
          title="This address does not say what to show."
          clear={{ href: paths.audit(), words: 'Show everything' }}
        >
          {asked.problem}
        </Empty>
      )}
    </Main>
  )
}
