import type { Metadata } from 'next'
import Link from 'next/link'
import { NoticeOf } from '@/components/people/notice'
import { ReviewsTable } from '@/components/reviews/reviews-table'
import { LiveRefresh } from '@/components/shell/live-refresh'
import { Main, PageHead } from '@/components/shell/page'
import { Empty } from '@/components/ui/empty'
import { Kbd } from '@/components/ui/kbd'
import { Pager } from '@/components/ui/pager'
import { Segment } from '@/components/ui/tabs'
import { paths } from '@/lib/core/paths'
import { db } from '@/lib/db/client'
import { purposeNeeded } from '@/lib/ledger/purpose-needed'
import { FLASH_PARAMETER } from '@/lib/people/session-flash'
import { signedIn } from '@/lib/people/session-read'
import { said } from '@/lib/people/session-said'
import { reviewsQuery } from '@/lib/reviews/contract'
import { listReviews, type ReviewList } from '@/lib/reviews/read'

export const metadata: Metadata = { title: 'Reviews' }

/** What agents changed by themselves: code that nobody looked at before, until somebody has (C24). */
export default async function ReviewsPage({ searchParams }: { searchParams: Promise<Record<string, string>> }) {
  const actor = await signedIn()
  const { [FLASH_PARAMETER]: _, ...search } = await searchParams
  const asked = reviewsQuery.safeParse(search)
  const query = asked.success ? asked.data : reviewsQuery.parse({})
  const [list, flash] = await Promise.all([
    listReviews(db(), actor, query, (ids) => purposeNeeded(db(), actor, ids), new Date()),
    said(searchParams),
  ])
  const closed = query.show === 'closed'
  return (
    <Main>
      <LiveRefresh topic="reviews" />
      <PageHead
        title={headline(list)}
        lead={
          <>
            An agent that may change code alone owes a review: a person looks afterwards, within{' '}
            {list.days === 1 ? 'a day' : `${list.days} days`}.{query.agent && ` Only those of ${query.agent}.`}{' '}
            <Link href={paths.scrutiny()}>What to look for</Link>
          </>
        }
        acts={
          <Segment
            label="Which reviews"
            choices={[
              { label: 'Owed', count: list.open, href: paths.reviews({ agent: query.agent }), current: !closed },
              { label: 'Closed', href: paths.reviews({ show: 'closed', agent: query.agent }), current: closed },
            ]}
          />
        }
      />
      <NoticeOf flash={flash} />
      {list.rows.length === 0 ? (
        <None closed={closed} agent={query.agent} />
      ) : (
        <>
          <ReviewsTable rows={list.rows} closed={closed} />
          <p className="keys-hint t3 s12 d-only">
            <Kbd>j</Kbd> <Kbd>k</Kbd> along the list, <Kbd>Enter</Kbd> opens
          </p>
          <Pager
            words={`${list.rows.length} shown, ${closed ? 'newest' : 'oldest'} first`}
            older={
              list.older === null
                ? undefined
                : paths.reviews({ ...(closed && { show: 'closed' }), agent: query.agent, before: list.older })
            }
          />
        </>
      )}
    </Main>
  )
}

function headline({ open, overdue }: ReviewList): string {
  if (open === 0) return 'No change waits for a review.'
  const waits = open === 1 ? 'One change waits for a review' : `${open} changes wait for a review`
  return overdue === 0 ? `${waits}.` : `${waits}, ${overdue === open ? 'overdue' : `${overdue} overdue`}.`
}

function None({ closed, agent }: { closed: boolean; agent: string | undefined }) {
  if (agent !== undefined)
    return (
      <Empty
        kind="filtered"
        title={`Nothing of ${agent} is here.`}
        clear={{ href: paths.reviews(closed ? { show: 'closed' } : {}), words: 'Show every agent' }}
      />
    )
  if (closed)
    return (
      <Empty
        kind="never"
        title="No review was closed yet."
        learn={{ href: paths.reviews(), words: 'See what is owed' }}
      >
        What people found in the changes that agents made by themselves stands here.
      </Empty>
    )
  return (
    <Empty
      kind="done"
      title="Nothing waits."
      see={{ href: paths.reviews({ show: 'closed' }), words: 'Show closed reviews' }}
    >
      What a boundary lets an agent change in code without asking comes here, and stays until a named person has looked.
    </Empty>
  )
}
