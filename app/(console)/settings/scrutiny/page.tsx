import type { Metadata } from 'next'
import Link from 'next/link'
import { NoticeOf } from '@/components/people/notice'
import { saidTo } from '@/components/people/said'
import { SettingsTabs } from '@/components/people/settings-tabs'
import { ADD, CheckForm, editOf } from '@/components/scrutiny/check-form'
import { ChecksTable } from '@/components/scrutiny/checks-table'
import { REVIEW_DAYS_FORM, ReviewDaysForm } from '@/components/scrutiny/review-days-form'
import { Main, PageHead, Section } from '@/components/shell/page'
import { ButtonLink } from '@/components/ui/button'
import { paths } from '@/lib/core/paths'
import { db } from '@/lib/db/client'
import { ACTION_KINDS } from '@/lib/decisions/kinds'
import { listChecks } from '@/lib/decisions/read-scrutiny'
import { KIND_NAMES } from '@/lib/decisions/scrutiny'
import { can } from '@/lib/people/permission'
import { signedIn } from '@/lib/people/session-read'
import { said } from '@/lib/people/session-said'
import { reviewDays } from '@/lib/reviews/read'

export const metadata: Metadata = { title: 'What to look for' }

/** What people are told to look for in what agents do, by kind of action (C24): a ciso's to edit, everybody's to read. */
export default async function ScrutinyPage({
  searchParams,
}: {
  searchParams: Promise<Record<string, string | string[] | undefined>>
}) {
  const actor = await signedIn()
  const [checks, days, flash] = await Promise.all([listChecks(db()), reviewDays(db()), said(searchParams)])
  const edits = can(actor, 'scrutiny.edit')
  const { change } = await searchParams
  const chosen = checks.find((check) => check.id === change) ?? null
  const open = edits.ok && (chosen !== null || change === 'new')
  return (
    <Main>
      <PageHead
        title="What to look for"
        lead="Beside every action that waits for a person, and every change that is reviewed afterwards, stands what to look for in its kind."
        acts={
          edits.ok && !open ? (
            <ButtonLink variant="pri" href={paths.scrutiny('new')}>
              Add something
            </ButtonLink>
          ) : undefined
        }
      />
      <SettingsTabs current={paths.scrutiny()} />
      <NoticeOf flash={flash} />
      {open && <CheckForm check={chosen} said={saidTo(flash, chosen === null ? ADD : editOf(chosen.id))} />}
      {!edits.ok && <p className="t2">{edits.reason}</p>}
      {ACTION_KINDS.map((kind) => {
        const own = checks.filter((check) => check.kind === kind)
        return own.length === 0 ? null : (
          <Section key={kind} id={kind} title={KIND_NAMES[kind]}>
            <ChecksTable label={KIND_NAMES[kind]} checks={own} edits={edits.ok} />
          </Section>
        )
      })}
      <Section id="overdue" title="When a review is overdue" right={<Link href={paths.reviews()}>Reviews</Link>}>
        {edits.ok ? (
          <ReviewDaysForm days={days} said={saidTo(flash, REVIEW_DAYS_FORM)} />
        ) : (
          <p className="t2">After {days === 1 ? 'a day' : `${days} days`}. An overdue review raises an alert.</p>
        )}
      </Section>
    </Main>
  )
}
