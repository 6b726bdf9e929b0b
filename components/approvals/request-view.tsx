'use client'

import dynamic from 'next/dynamic'
import Link from 'next/link'
import { useRouter } from 'next/navigation'
import { useEffect, useSyncExternalStore } from 'react'
import { paths } from '@/lib/core/paths'
import type { RequestDetail } from '@/lib/decisions/request'
import { classNames } from '../ui/class-names'
import { Tag } from '../ui/tag'
import { Sentence } from '../ui/sentence'
import { Time } from '../ui/time'
import { Deadline } from './deadline'
import { useRequest } from './queries'
import type { RequestRead } from './request-read'
import { type Answered, Verdict } from './verdict'
import { Named, splitSentence } from './wants'

// loaded where they are shown: after a test, and once the page is there
const Told = dynamic(() => import('./told').then((module) => module.Told))
const WhoLooks = dynamic(() => import('./who-looks').then((module) => module.WhoLooks))

/**
 * One request, in the order a person weighs it: the sentence, what follows from either answer, why it waits, what exactly is
 * asked, what the agent read, what it says of itself, and what became of its kind before. Seats and verdict stand beside.
 */
export function RequestView({
  initial,
  loadedAt,
  me,
  answered,
  parts,
  peek,
}: {
  initial: RequestDetail
  loadedAt: number
  me: { id: string; name: string }
  /** What the form was answered with where it was sent without JavaScript. */
  answered?: Answered
  /** What is read, made on the server. */
  parts: RequestRead
  /** Shown beside the list because it is the first; on a phone, and in the outline, the list comes before it. */
  peek?: boolean
}) {
  const Headline = peek ? 'h2' : 'h1'
  const { data: request } = useRequest(initial, loadedAt)
  const { ours, rest } = splitSentence(request.sentence)
  const router = useRouter()
  const there = useSyncExternalStore(onLoad, isLoaded, () => false)
  // who has answered is led on to the next: nothing of this page is made anew under them
  const gaveOne = request.verdicts.some(({ person }) => person.id === me.id)
  const [now, then] = gaveOne ? ['', ''] : [markOf(request), markOf(initial)]
  useEffect(() => {
    if (now !== then) router.refresh()
  }, [now, then, router])
  return (
    <article className={classNames('one', peek && 'peek', isWide(request.shown) && 'wide')} aria-labelledby="req">
      <p className="m-only">
        <Link href={paths.approvals()}>All approvals</Link>
      </p>
      <p className="meta">
        {parts.state}
        <span>
          proposed <Time at={request.openedAt} show="clock" />, <Time at={request.openedAt} show="relative" />
        </span>
        {request.told ? (
          'a test'
        ) : (
          <Link className="mono" href={paths.action(request.action)}>
            {request.action.slice(0, 16)}
          </Link>
        )}
        {isWide(request.shown) && !peek && (
          <label className="whole-width">
            <input type="checkbox" /> Put the list away
          </label>
        )}
        <Deadline request={request} />
      </p>
      {request.told && <Told told={request.told} />}
      <div className="req">
        <Headline id="req" tabIndex={-1}>
          {request.agent} wants to {ours}
        </Headline>
        <p>
          <Sentence parts={rest} />
          {request.requester && (
            <>
              {rest.length > 0 && ', '}for <Named one={request.requester} /> <Tag>{request.requester.proof}</Tag>
            </>
          )}
        </p>
      </div>
      <div className="body">
        <div>{parts.reading}</div>
        <div className="answer">
          {parts.seats}
          {there && <WhoLooks request={request} opened={!peek} />}
          <Verdict request={request} me={me} answered={answered} read={request.digest === initial.digest} />
          {parts.context}
        </div>
      </div>
    </article>
  )
}

const onLoad = (tell: () => void) => {
  addEventListener('load', tell)
  return () => {
    removeEventListener('load', tell)
  }
}
const isLoaded = () => document.readyState === 'complete'

/** What the server made its part of the page from: where this is another, that is made anew. */
const markOf = ({ digest, status, frozen, verdicts, questions }: RequestDetail): string =>
  [
    digest,
    status,
    frozen?.id,
    verdicts.length,
    questions.filter(({ answer }) => answer !== null).length,
    questions.length,
  ].join()

/** A change and records need more room than words do. */
const isWide = ({ forms }: RequestDetail['shown']): boolean =>
  forms.some(({ kind }) => kind === 'changes' || kind === 'table')
