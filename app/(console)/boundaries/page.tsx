import type { Metadata } from 'next'
import { InForceTable, WaitingTable } from '@/components/boundary/boundary-lists'
import { BoundaryTabs } from '@/components/boundary/boundary-tabs'
import { NoticeOf } from '@/components/people/notice'
import { LiveRefresh } from '@/components/shell/live-refresh'
import { Main, PageHead, Section } from '@/components/shell/page'
import { ButtonLink } from '@/components/ui/button'
import { Empty } from '@/components/ui/empty'
import { listBoundaries, type ListedBoundary } from '@/lib/boundary/read'
import { BASELINE_SLUG } from '@/lib/boundary/subject'
import { paths } from '@/lib/core/paths'
import { db } from '@/lib/db/client'
import { can } from '@/lib/people/permission'
import { said } from '@/lib/people/session-said'
import { signedIn } from '@/lib/people/session-read'
import { countUnconfirmed } from '@/lib/tools/read'

export const metadata: Metadata = { title: 'Boundaries' }

/** What waits for a signature first, then what is in force and until when. */
export default async function BoundariesPage({ searchParams }: { searchParams: Promise<Record<string, unknown>> }) {
  const actor = await signedIn()
  const now = new Date()
  const [all, unconfirmed, flash] = await Promise.all([
    listBoundaries(db(), now),
    countUnconfirmed(db()),
    said(searchParams),
  ])
  const waiting = all
    .flatMap((each) => (each.draft === null ? [] : [{ ...each, draft: each.draft }]))
    .toSorted((a, b) => a.draft.draftedAt.getTime() - b.draft.draftedAt.getTime())
  const baseline = all.find(({ slug }) => slug === BASELINE_SLUG)
  const agents = all.filter(({ slug }) => slug !== BASELINE_SLUG)
  const mayBaseline = can(actor, 'baseline.draft').ok && baseline?.draft == null
  return (
    <Main>
      <LiveRefresh topic={['boundaries', 'agents']} />
      <PageHead
        title={headlineOf(waiting.length, agents, now)}
        lead="A boundary says what its agent may do alone, what waits for a person, and what never happens. A ciso who did not draft it signs it."
        acts={mayBaseline && <ButtonLink href={paths.draftBoundary(BASELINE_SLUG)}>Draft the baseline</ButtonLink>}
      />
      <NoticeOf flash={flash} />
      <BoundaryTabs current="boundaries" unconfirmed={unconfirmed} />
      <Section id="waiting" title="Waiting for a signature" aside={waiting.length > 0 ? 'longest first' : undefined}>
        {waiting.length > 0 ? (
          <WaitingTable rows={waiting} />
        ) : (
          <Empty kind="done" title="No draft waits.">
            {agents.some(({ inForce }) => inForce === null)
              ? 'Owners draft boundaries from the page of their agent.'
              : 'What is in force stands until it lapses, or until its owner drafts another version.'}
          </Empty>
        )}
      </Section>
      <Section id="all" title="In force" aside={`${String(agents.length)} agents, and the organisation’s floor`}>
        <InForceTable rows={all} now={now} />
      </Section>
    </Main>
  )
}

function headlineOf(waiting: number, agents: readonly ListedBoundary[], now: Date): string {
  const unsigned = agents.filter(({ inForce }) => inForce === null).length
  const lapsed = agents.filter(({ inForce }) => inForce !== null && inForce.lapsesAt <= now).length
  const parts = [
    ...(waiting > 0
      ? [waiting === 1 ? 'One draft waits for a signature' : `${String(waiting)} drafts wait for a signature`]
      : []),
    ...(lapsed > 0 ? [lapsed === 1 ? 'one boundary has lapsed' : `${String(lapsed)} boundaries have lapsed`] : []),
    ...(unsigned > 0
      ? [unsigned === 1 ? 'one agent has nothing signed' : `${String(unsigned)} agents have nothing signed`]
      : []),
  ]
  if (parts.length === 0) return agents.length === 0 ? 'Boundaries' : 'Every agent has a signed boundary.'
  const text = parts.join(', ')
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`
}
