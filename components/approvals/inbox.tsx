'use client'

import dynamic from 'next/dynamic'
import Link from 'next/link'
import { useId, useRef } from 'react'
import { paths } from '@/lib/core/paths'
import {
  byDeadline,
  byStakes,
  type InboxShow,
  type InboxView,
  type RequestGroup,
  type StakesGroup,
} from '@/lib/decisions/request'
import { NotLive } from '../shell/live'
import { useNow } from '../ui/clock'
import { Segment } from '../ui/tabs'
import { InboxRow } from './inbox-row'
import { KeysHint } from './keys-help'
import { lookingAt, takenByOthers, useLookers } from './looking'
import { useInbox } from './queries'
import { showQuery } from './show'
import { useInboxKeys } from './use-inbox-keys'
import { useKeptScroll } from './use-kept-scroll'

// loaded where nothing waits
const InboxEmpty = dynamic(() => import('./inbox-empty').then((module) => module.InboxEmpty))

const GROUP: Record<RequestGroup | StakesGroup, string> = {
  hour: 'Due within the hour',
  today: 'Due within a day',
  later: 'Later',
  critical: 'Critical',
  high: 'High stakes',
  medium: 'Medium stakes',
  low: 'Low stakes',
  claimed: 'Taken by somebody else',
  others: 'For others to answer',
  frozen: 'Frozen by a halt',
}

/**
 * What waits for a person, by deadline or by what is at stake, requests that are alike as one row, beside the one that is open. The list
 * scrolls by itself, and keeps its place from one request to the next. Its keys are in `use-inbox-keys.ts`.
 */
export function Inbox({
  initial,
  loadedAt,
  show,
  open,
  peek,
}: {
  initial: InboxView
  loadedAt: number
  show: InboxShow
  /** `apr_…` of the request beside the list */ open?: string
  /** it is there because it is the first, not because somebody opened it */ peek?: boolean
}) {
  const { data } = useInbox(initial, loadedAt, show)
  const now = useNow() ?? new Date(loadedAt)
  const heading = useId()
  const lookers = useLookers()
  const claimed = takenByOthers(lookers)
  const list = useRef<HTMLElement>(null)
  useKeptScroll(list, open)
  const keys = useInboxKeys(list, open, showQuery(show))
  const here = open && !peek ? paths.approval(open) : paths.approvals()
  const at = (other: Partial<InboxShow>) => here + showQuery({ ...show, ...other })
  const groups = show.order === 'risk' ? byStakes(data.rows, claimed) : byDeadline(data.rows, now, claimed)
  const [Heading, GroupHeading] = open && !peek ? (['h2', 'h3'] as const) : (['h1', 'h2'] as const)
  return (
    <section className={open ? 'inbox' : 'inbox alone'} aria-labelledby={heading} ref={list}>
      <header className="lh">
        <Heading id={heading}>Approvals</Heading>
        <span className="t3 s12" role="status">
          {countWords(data)}
        </span>
        <Segment
          label="Whose"
          choices={[
            { href: at({ mine: false }), label: 'All', count: data.waiting.all, current: !show.mine },
            { href: at({ mine: true }), label: 'Mine', count: data.waiting.mine, current: show.mine },
          ]}
        />
        <Segment
          label="Order"
          choices={[
            { href: at({ order: 'deadline' }), label: 'By deadline', current: show.order === 'deadline' },
            { href: at({ order: 'risk' }), label: 'By stakes', current: show.order === 'risk' },
          ]}
        />
        <Link prefetch={false} className="s12" href={paths.attention()}>
          Are they read?
        </Link>
      </header>
      <NotLive consequence="Verdicts are off until this list is current." />
      {data.rows.length === 0 ? (
        <InboxEmpty view={data} mine={show.mine} />
      ) : (
        <nav aria-label={show.order === 'risk' ? 'Requests, by what is at stake' : 'Requests, by deadline'}>
          {groups.map(({ group, rows }) => (
            <section key={group} aria-label={GROUP[group]}>
              <GroupHeading className="g">
                {GROUP[group]} <span>{rows.reduce((sum, { alike }) => sum + alike.count, 0)}</span>
              </GroupHeading>
              <ul>
                {rows.map((row) => (
                  <InboxRow
                    key={row.id}
                    row={row}
                    at={lookingAt(lookers, row.id)}
                    current={row.id === open}
                    show={showQuery(show)}
                  />
                ))}
              </ul>
            </section>
          ))}
          {data.kinds > data.rows.length && (
            <p className="keys-hint t3 s12">
              The first {data.rows.length} kinds of {data.kinds}.{' '}
              <Link href={at({ most: Math.min(show.most + 400, 2_000) })} scroll={false}>
                Show more
              </Link>
            </p>
          )}
        </nav>
      )}
      <KeysHint keys={keys} />
    </section>
  )
}

function countWords({ waiting: { all, frozen } }: InboxView): string {
  const wait = Math.max(all - frozen, 0)
  return `${String(wait)} ${wait === 1 ? 'waits' : 'wait'}${frozen > 0 ? `, ${String(frozen)} frozen` : ''}`
}
