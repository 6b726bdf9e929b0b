import type { Metadata } from 'next'
import Link from 'next/link'
import { notFound } from 'next/navigation'
import { BrowserProof, type ToCheck } from '@/components/audit/browser-proof'
import { EntryBytes, EntryFields } from '@/components/audit/entry-view'
import { KIND_WORDS } from '@/components/audit/entry-words'
import { ProofSteps } from '@/components/audit/proof-steps'
import { Main, PageHead, Section } from '@/components/shell/page'
import { Pager } from '@/components/ui/pager'
import type { EntryDetail } from '@/lib/audit/entry-detail'
import type { Proof } from '@/lib/audit/proof'
import { readEntryAt } from '@/lib/audit/read-entry'
import { proveEntry } from '@/lib/audit/read-proof'
import { isFault } from '@/lib/core/fault'
import { paths } from '@/lib/core/paths'
import { db } from '@/lib/db/client'
import type { Actor } from '@/lib/people/actor'
import { signedIn } from '@/lib/people/session-read'

export const metadata: Metadata = { title: 'Entry' }

/** One entry of the ledger: what it says, its bytes, and its proof, computed as the page is read. */
export default async function EntryPage({ params }: { params: Promise<{ index: string }> }) {
  const actor = await signedIn()
  const { index } = await params
  const detail = await find(actor, index)
  const proof = await proveEntry(db(), detail.index)
  const { entry } = detail
  return (
    <Main>
      <PageHead
        crumbs={<Link href={paths.audit()}>Audit</Link>}
        title={`Entry #${detail.index.toLocaleString('en')}`}
        lead={entry ? KIND_WORDS[entry.kind] : 'Not an entry any more'}
      />
      <Section id="says" title="What it says">
        <EntryFields detail={detail} />
      </Section>
      <Section id="bytes" title="Its bytes" aside="what was hashed">
        <EntryBytes detail={detail} />
      </Section>
      <Section id="proof-of-it" title="Its proof">
        {proof ? (
          <>
            <ProofSteps proof={proof} />
            <BrowserProof proof={toCheck(detail, proof)} />
          </>
        ) : (
          <p className="t2">No signed checkpoint covers it yet. Read this page again in a moment.</p>
        )}
      </Section>
      <Pager
        words={`of ${(detail.last + 1).toLocaleString('en')}`}
        newer={detail.index < detail.last ? paths.entry(detail.index + 1) : undefined}
        older={detail.index > 0 ? paths.entry(detail.index - 1) : undefined}
      />
    </Main>
  )
}

/** What the browser checks by itself: the bytes it shows, and what came with them. */
function toCheck({ bytes }: EntryDetail, { index, inclusion, checkpoint }: Proof): ToCheck {
  return { index, bytes, size: inclusion.size, path: inclusion.hashes, note: checkpoint.note }
}

async function find(actor: Actor, index: string): Promise<EntryDetail> {
  if (!/^(0|[1-9][0-9]{0,14})$/.test(index)) notFound()
  try {
    return await readEntryAt(db(), actor, Number(index))
  } catch (error) {
    if (isFault(error) && error.code === 'not_found') notFound()
    throw error
  }
}
