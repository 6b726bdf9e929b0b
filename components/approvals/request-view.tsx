'use client'

import Link from 'next/link'
import { useRouter } from 'next/navigation'
import { useEffect } from 'react'
import { paths } from '@/lib/core/paths'
import type { RequestDetail } from '@/lib/decisions/request'
import { classNames } from '../ui/class-names'
import { StateWord } from '../ui/state-word'
import { Tag } from '../ui/tag'
import { Sentence } from '../ui/sentence'
import { Time } from '../ui/time'
import { Deadline } from './deadline'
import { Earlier } from './earlier'
import { EditArguments } from './edit-arguments'
import { FourThings } from './four-things'
import { JumpBar } from './jump-bar'
import { Questions } from './questions'
import { useRequest } from './queries'
import type { RequestRead } from './request-read'
import { Told } from './told'
import { type Answered, Verdict } from './verdict'
import { Named, splitSentence } from './wants'
import { WhatToLookFor } from '../scrutiny/what-to-look-for'
import { WhoAnswers } from './who-answers'
import { WhoLooks } from './who-looks'

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
  /** What is read and changes only with the digest; made anew on the server when that changes. */
  parts: RequestRead
  /** Shown beside the list because it is the first; on a phone, and in the outline, the list comes before it. */
  peek?: boolean
}) {
  const Headline = peek ? 'h2' : 'h1'
  const { data: request } = useRequest(initial, loadedAt)
  const { ours, rest } = splitSentence(request.sentence)
  const router = useRouter()
  useEffect(() => {
    if (request.digest !== initial.digest) router.refresh()
  }, [request.digest, initial.digest, router])
  return (
    <article className={classNames('one', peek && 'peek', isWide(request.shown) && 'wide')} aria-labelledby="req">
      <p className="m-only">
        <Link href={paths.approvals()}>All approvals</Link>
      </p>
      <p className="meta">
        <StateWord state={request.frozen ? 'frozen' : request.status === 'pending' ? 'held' : request.status} />
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
        <div>
          <FourThings request={request} />
          {parts.asks}
          <WhatToLookFor
            scrutiny={request.scrutiny}
            form={
              request.status === 'pending' && (request.you.approve.ok || request.you.reject.ok) ? 'verdict' : undefined
            }
          />
          <EditArguments request={request} />
          {parts.read}
          {parts.words}
          <Questions request={request} />
          <Earlier request={request} />
          {parts.before}
          <JumpBar request={request} />
        </div>
        <div className="answer">
          <WhoAnswers request={request} me={me} />
          <WhoLooks request={request} opened={!peek} />
          <Verdict request={request} me={me} answered={answered} read={request.digest === initial.digest} />
          {parts.context}
        </div>
      </div>
    </article>
  )
}

/** A change and records need more room than words do. */
const isWide = ({ forms }: RequestDetail['shown']): boolean =>
  forms.some(({ kind }) => kind === 'changes' || kind === 'table')
