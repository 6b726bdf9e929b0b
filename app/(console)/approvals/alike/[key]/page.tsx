import type { Metadata } from 'next'
import Link from 'next/link'
import { notFound } from 'next/navigation'
import { AlikeForm } from '@/components/approvals/alike-form'
import { Main, PageHead } from '@/components/shell/page'
import { Sentence } from '@/components/ui/sentence'
import { Empty } from '@/components/ui/empty'
import { isFault } from '@/lib/core/fault'
import { paths } from '@/lib/core/paths'
import { db } from '@/lib/db/client'
import { noteListed } from '@/lib/decisions/note-shown'
import { readAlike } from '@/lib/decisions/read-inbox'
import { signedIn } from '@/lib/people/session-read'

export const metadata: Metadata = { title: 'Requests that are alike' }

/** Requests of one agent for one tool, held by the same rules: what differs, side by side, and one verdict where little is at stake. */
export default async function AlikePage({ params }: { params: Promise<{ key: string }> }) {
  const actor = await signedIn()
  const { key } = await params
  const now = new Date()
  const view = await readAlike(db(), actor, key, now).catch((error: unknown) => {
    if (isFault(error)) notFound()
    throw error
  })
  await noteListed(db(), actor, view)
  const [first] = view.rows
  return (
    <Main>
      <PageHead
        crumbs={<Link href={paths.approvals()}>Approvals</Link>}
        title={first ? `${String(view.count)} requests of ${first.agent} are alike` : 'None of these waits any more'}
        lead={
          first && (
            <>
              The same tool, <span className="mono">{first.tool}</span>, held by the same rules, asking the same people.
              The nearest: <Sentence parts={first.sentence} />
              {view.count > view.rows.length &&
                ` The ${String(view.rows.length)} that end first are listed; the others follow as these are answered.`}
            </>
          )
        }
      />
      {first ? (
        <AlikeForm view={view} loadedAt={now.getTime()} />
      ) : (
        <Empty kind="done" title="Nothing waits here." see={{ href: paths.approvals(), words: 'Show all approvals' }}>
          What was answered is in the audit, each with who answered it.
        </Empty>
      )}
    </Main>
  )
}
