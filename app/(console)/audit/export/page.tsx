import type { Metadata } from 'next'
import Link from 'next/link'
import { EXPORT_ACTION, ExportForm } from '@/components/audit/export-form'
import { NotPermitted } from '@/components/people/not-permitted'
import { saidTo } from '@/components/people/said'
import { Block, Columns, Main, PageHead } from '@/components/shell/page'
import { FormErrors } from '@/components/ui/form-errors'
import { paths } from '@/lib/core/paths'
import { db } from '@/lib/db/client'
import { agentsToExport } from '@/lib/evidence/read-export'
import { can } from '@/lib/people/permission'
import { said } from '@/lib/people/session-said'
import { signedIn } from '@/lib/people/session-read'

export const metadata: Metadata = { title: 'Export' }

/** Takes the record, or a part of it, away as a file. What the audit list was filtered by is carried along. */
export default async function ExportPage({ searchParams }: { searchParams: Promise<Record<string, unknown>> }) {
  const actor = await signedIn()
  const may = can(actor, 'audit.export')
  if (!may.ok) return <NotPermitted title="Export" reason={may.reason} />
  const [flash, query, agents] = await Promise.all([said(searchParams), searchParams, agentsToExport(db())])
  const form = saidTo(flash, EXPORT_ACTION)
  const given = (name: string) => {
    const value = form.value(name) ?? query[name]
    return typeof value === 'string' ? value : undefined
  }
  return (
    <Main>
      <PageHead
        crumbs={<Link href={paths.audit()}>Audit</Link>}
        title="Take the record away"
        lead="As a file, made while you receive it."
      />
      <Columns
        label="How it is checked"
        aside={
          <>
            <Block title="Checking a bundle">
              <p className="t2">
                On any machine with Node: <code>npx countersign verify bundle.zip --vkey …</code> with the key you wrote
                down from <Link href={paths.integrity()}>Integrity</Link>. It says what the bundle proves and what not.
              </p>
            </Block>
            <Block title="From a script">
              <p className="t2">
                Send the same fields with <Link href={paths.tokens()}>a token of yours</Link>:
              </p>
              <div className="codeb cmd" role="region" aria-label="The command" tabIndex={0}>
                <code>
                  curl -X POST -H &quot;Authorization: Bearer $TOKEN&quot; -d format=ndjson -d from=2026-05-01 -d
                  to=2026-05-31 -o may.ndjson URL{EXPORT_ACTION}
                </code>
              </div>
            </Block>
          </>
        }
      >
        <FormErrors errors={form.errors} />
        <ExportForm agents={agents} value={given} error={form.error} />
      </Columns>
    </Main>
  )
}
