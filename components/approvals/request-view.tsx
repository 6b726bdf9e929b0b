'use client'

import Link from 'next/link'
import type { BehindRequest } from '@/lib/audit/read-resource-history'
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
import { OwnWords } from './own-words'
import { Questions } from './questions'
import { useRequest } from './queries'
import { RequestContext } from './request-context'
import { ResourceHistory } from './resource-history'
import { Told } from './told'
import { type Answered, Verdict } from './verdict'
import { Named, splitSentence } from './wants'
import { WhatToLookFor } from '../scrutiny/what-to-look-for'
import { WhatItAsks } from './what-it-asks'
import { WhatItRead } from './what-it-read'
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
  behind,
  peek,
}: {
  initial: RequestDetail
  loadedAt: number
  me: { id: string; name: string }
  /** What the form was answered with where it was sent without JavaScript. */
  answered?: Answered
  /** What was done with the same resource before, and why its words are gone, as of when the page was opened. */
  behind: BehindRequest
  /** Shown beside the list because it is the first; on a phone, and in the outline, the list comes before it. */
  peek?: boolean
}) {
  const Headline = peek ? 'h2' : 'h1'
  const { data: request } = useRequest(initial, loadedAt)
  const { ours, rest } = splitSentence(request.sentence)
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
          <WhatItAsks request={request} gone={behind.gone} files={`/api/console/approvals/${request.id}/exact`} />
          <WhatToLookFor
            scrutiny={request.scrutiny}
            form={
              request.status === 'pending' && (request.you.approve.ok || request.you.reject.ok) ? 'verdict' : undefined
            }
          />
          <EditArguments request={request} />
          <WhatItRead evidence={request.evidence} sources={request.untrustedSources} />
          <OwnWords agent={request.agent} reasoning={request.reasoning} />
          <Questions request={request} />
          <Earlier request={request} />
          {behind.history && <ResourceHistory request={request} history={behind.history} />}
          <JumpBar request={request} />
        </div>
        <div className="answer">
          <WhoAnswers request={request} me={me} />
          <WhoLooks request={request} opened={!peek} />
          <Verdict request={request} me={me} answered={answered} />
          <RequestContext request={request} />
        </div>
      </div>
    </article>
  )
}

/** A change and records need more room than words do. */
const isWide = ({ forms }: RequestDetail['shown']): boolean =>
  forms.some(({ kind }) => kind === 'changes' || kind === 'table')
