import type { Metadata } from 'next'
import Link from 'next/link'
import { notFound } from 'next/navigation'
import { OwnWords } from '@/components/approvals/own-words'
import { WhatItAsks } from '@/components/approvals/what-it-asks'
import { WhatItRead } from '@/components/approvals/what-it-read'
import { NoticeOf } from '@/components/people/notice'
import { saidTo } from '@/components/people/said'
import { ClosingForm, closingOf } from '@/components/reviews/closing-form'
import { WhatToLookFor } from '@/components/scrutiny/what-to-look-for'
import { LiveRefresh } from '@/components/shell/live-refresh'
import { Block, Columns, Main, PageHead, Section } from '@/components/shell/page'
import { Fact, Facts } from '@/components/ui/facts'
import { HostileText } from '@/components/ui/hostile-text'
import { StateWord } from '@/components/ui/state-word'
import { isStateName } from '@/components/ui/state-words'
import { Tag } from '@/components/ui/tag'
import { Time } from '@/components/ui/time'
import { isFault } from '@/lib/core/fault'
import { paths } from '@/lib/core/paths'
import { db } from '@/lib/db/client'
import { purposeNeeded } from '@/lib/ledger/purpose-needed'
import type { Actor } from '@/lib/people/actor'
import { signedIn } from '@/lib/people/session-read'
import { said } from '@/lib/people/session-said'
import { readReview, type ReviewDetail } from '@/lib/reviews/read'

export const metadata: Metadata = { title: 'Review' }

/** One change that an agent made by itself: what it was, what became of it, who answers for the agent, and what somebody found. */
export default async function ReviewPage({
  params,
  searchParams,
}: {
  params: Promise<{ id: string }>
  searchParams: Promise<Record<string, unknown>>
}) {
  const actor = await signedIn()
  const { id } = await params
  const [review, flash] = await Promise.all([find(id, actor), said(searchParams)])
  return (
    <Main>
      <LiveRefresh topic="reviews" />
      <PageHead
        crumbs={<Link href={paths.reviews()}>Reviews</Link>}
        title={
          review.closed
            ? `${review.agent} changed code, and somebody looked.`
            : `${review.agent} changed code by itself.`
        }
        lead={
          review.sentence === null ? (
            'Its words are not shown here.'
          ) : (
            <>
              It said: <HostileText text={review.sentence} max={300} />
            </>
          )
        }
      />
      <NoticeOf flash={flash} />
      <Columns label="State of the review" aside={<Aside review={review} form={saidTo(flash, closingOf(id))} />}>
        {review.gone === 'sensitive' ? (
          <Section id="asks" title="What it changed">
            <p className="t2">
              This is marked as sensitive: <Link href={paths.action(id)}>say why you read it</Link>, and that is
              recorded.
            </p>
          </Section>
        ) : (
          <WhatItAsks
            request={{ ...review, erased: review.gone === 'erased', broken: review.gone === 'broken' }}
            files={null}
          />
        )}
        {review.gone === null && (
          <>
            <WhatToLookFor scrutiny={review.scrutiny} />
            <WhatItRead evidence={review.evidence} sources={review.untrustedSources} />
            <OwnWords agent={review.agent} reasoning={review.reasoning} />
          </>
        )}
      </Columns>
    </Main>
  )
}

function Aside({ review, form }: { review: ReviewDetail; form: ReturnType<typeof saidTo> }) {
  return (
    <>
      <Block title="Review">
        <ClosingForm review={review} said={form} />
      </Block>
      <Block title="Change">
        <Facts width="narrow">
          <Fact term="Made by">
            <Link href={paths.agent(review.agent)}>{review.agent}</Link> <Tag>agent</Tag>
          </Fact>
          <Fact term="Owner">{review.owner}</Fact>
          {review.requester && (
            <Fact term="For">
              <HostileText text={review.requester.id} max={80} /> <Tag>{review.requester.proof}</Tag>
            </Fact>
          )}
          <Fact term="Outcome">{isStateName(review.status) ? <StateWord state={review.status} /> : review.status}</Fact>
          <Fact term="Allowed by">
            {review.boundaryVersion === null ? (
              'its boundary'
            ) : (
              <Link href={paths.boundary(review.agent, review.boundaryVersion)}>version {review.boundaryVersion}</Link>
            )}
            {review.rule !== null && <span className="mono"> {review.rule}</span>}
          </Fact>
          <Fact term="Made">
            <Time at={review.owedAt} />
          </Fact>
          {review.closed === null && (
            <Fact term="Due">
              {review.overdue ? <Tag tone="hold">overdue</Tag> : null} <Time at={review.dueAt} />
            </Fact>
          )}
          <Fact term="Record">
            <Link href={paths.action(review.id)}>Everything about it</Link>
          </Fact>
        </Facts>
      </Block>
    </>
  )
}

async function find(id: string, actor: Actor): Promise<ReviewDetail> {
  try {
    return await readReview(db(), actor, id, (ids) => purposeNeeded(db(), actor, ids), new Date())
  } catch (error) {
    if (isFault(error)) notFound()
    throw error
  }
}
