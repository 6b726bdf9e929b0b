'use client'

import Link from 'next/link'
import { type KeyboardEvent, useId } from 'react'
import { paths } from '@/lib/core/paths'
import { byDeadline, type InboxView, type RequestGroup, type RequestRow } from '@/lib/decisions/request'
import { NotLive } from '../shell/live'
import { useNow } from '../ui/clock'
import { Kbd } from '../ui/kbd'
import { Segment } from '../ui/tabs'
import { InboxEmpty } from './inbox-empty'
import { InboxRow } from './inbox-row'
import { useInbox } from './queries'

const GROUP: Record<RequestGroup, string> = {
  hour: 'Due within the hour',
  today: 'Due within a day',
  later: 'Later',
  frozen: 'Frozen by a halt',
}

/**
 * What waits for a person, by deadline, beside the one that is open. j and k move the focus along the
 * requests, only while it is among them (WCAG 2.1.4); Enter opens, as on any link.
 */
export function Inbox({
  initial,
  loadedAt,
  mine,
  open,
  peek,
}: {
  initial: InboxView
  loadedAt: number
  /** only those the person who looks may answer */ mine: boolean
  /** `apr_…` of the request beside the list */ open?: string
  /** it is there because it is the first, not because somebody opened it */ peek?: boolean
}) {
  const { data } = useInbox(initial, loadedAt)
  const now = useNow() ?? new Date(loadedAt)
  const heading = useId()
  const shown = mine ? data.rows.filter((row) => row.yours.ok) : data.rows
  const here = open && !peek ? paths.approval(open) : paths.approvals()
  const show = mine ? '?show=mine' : ''
  const [Heading, GroupHeading] = open && !peek ? (['h2', 'h3'] as const) : (['h1', 'h2'] as const)
  return (
    <section className={open ? 'inbox' : 'inbox alone'} aria-labelledby={heading}>
      <header className="lh">
        <Heading id={heading}>Approvals</Heading>
        <span className="t3 s12" role="status">
          {countWords(data.rows)}
        </span>
        <Segment
          label="Whose"
          choices={[
            {
              href: here,
              label: 'All',
              count: data.rows.length,
              current: !mine,
            },
            {
              href: `${here}?show=mine`,
              label: 'Mine',
              count: data.rows.filter((row) => row.yours.ok).length,
              current: mine,
            },
          ]}
        />
        <Link className="s12" href={paths.attention()}>
          Are they read?
        </Link>
      </header>
      <NotLive consequence="Verdicts are off until this list is current." />
      {shown.length === 0 ? (
        <InboxEmpty view={data} mine={mine} />
      ) : (
        // The keys are those of the links inside, bubbling up: the list itself takes no focus.
        // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
        <nav aria-label="Requests, by deadline" onKeyDown={moveFocus}>
          {byDeadline(shown, now).map(({ group, rows }) => (
            <section key={group} aria-label={GROUP[group]}>
              <GroupHeading className="g">
                {GROUP[group]} <span>{rows.length}</span>
              </GroupHeading>
              <ul>
                {rows.map((row) => (
                  <InboxRow key={row.id} row={row} current={row.id === open} show={show} />
                ))}
              </ul>
            </section>
          ))}
          <p className="keys-hint t3 s12 d-only">
            <Kbd>j</Kbd> <Kbd>k</Kbd> along the list, <Kbd>Enter</Kbd> opens
          </p>
        </nav>
      )}
    </section>
  )
}

function countWords(rows: readonly RequestRow[]): string {
  const frozen = rows.filter((row) => row.frozen).length
  const wait = rows.length - frozen
  return `${wait} ${wait === 1 ? 'waits' : 'wait'}${frozen > 0 ? `, ${frozen} frozen` : ''}`
}

function moveFocus(event: KeyboardEvent<HTMLElement>): void {
  if (event.metaKey || event.ctrlKey || event.altKey || event.nativeEvent.isComposing) return
  const step = event.key === 'j' ? 1 : event.key === 'k' ? -1 : 0
  if (step === 0) return
  const links = [...event.currentTarget.querySelectorAll('a')]
  const at = links.indexOf(document.activeElement as HTMLAnchorElement)
  links[Math.min(Math.max(at + step, 0), links.length - 1)]?.focus()
  event.preventDefault()
}
