'use client'

import dynamic from 'next/dynamic'
import { type KeyboardEvent, type SubmitEvent, useRef, useState } from 'react'
import { ANSWERS, type Answer } from '@/lib/approvals/approval'
import { takesReason } from '@/lib/approvals/assurance'
import { refusalWords } from '@/lib/approvals/seat-refusals'
import type { RequestDetail } from '@/lib/decisions/request'
import { useTooStale } from '../shell/live'
import { Button } from '../ui/button'
import { Digest } from '../ui/digest'
import { Option, Options, TextArea } from '../ui/field'
import { Kbd } from '../ui/kbd'
import { useEarly } from '../ui/use-early'
import type { Refused } from './verdict'
import { noPasskey, reasonAside } from './verdict-needs'
import type { useVerdict } from './use-verdict'

// loaded where they are shown: most requests take no passkey, do not change, and are not refused
const VerdictTakes = dynamic(() => import('./verdict-takes').then((module) => module.VerdictTakes))
const VerdictChanged = dynamic(() => import('./verdict-changed').then((module) => module.VerdictChanged))
const RegionError = dynamic(() => import('../ui/region-error').then((module) => module.RegionError))

/**
 * The form of a verdict. Nothing is preselected, a rejection says why, and it carries the digest that was on screen. A
 * plain form first: without JavaScript it posts to the same address and is answered with this page.
 */
export function VerdictForm({
  request,
  seen,
  read,
  onSeen,
  reason,
  onReason,
  verdict,
  refused,
}: {
  request: RequestDetail
  /** the digest this form answers */ seen: string
  /** what stands beside is what is asked now */ read: boolean
  onSeen: () => void
  reason: string
  onReason: (reason: string) => void
  verdict: ReturnType<typeof useVerdict>
  refused: Refused | undefined
}) {
  const [answer, setAnswer] = useState<Answer>()
  const [missing, setMissing] = useState<{ answer?: string; reason?: string }>({})
  const stale = useTooStale()
  const changed = seen !== request.digest || verdict.refused?.code === 'digest_mismatch'
  const { approve, reject } = request.you
  const neither = !approve.ok && !reject.ok
  const form = useRef<HTMLFormElement>(null)
  useEarly(form, (entered) => {
    const [early, typed] = [entered.get('answer'), entered.get('reason')]
    const one = ANSWERS.find((known) => known === early)
    if (one !== undefined) setAnswer(one)
    if (reason === '' && typeof typed === 'string' && typed !== '') onReason(typed)
  })

  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault()
    const wrong = {
      ...(answer === undefined && { answer: 'Choose one of the two.' }),
      ...(answer &&
        takesReason(request.takes, answer) &&
        reason.trim() === '' && { reason: `Say why you ${answer} it.` }),
    }
    setMissing(wrong)
    if (wrong.answer !== undefined) focusField('answer')
    else if (wrong.reason !== undefined) focusField('reason')
    else if (answer && !verdict.busy && !changed && !stale && !noPasskey(request.takes, answer))
      verdict.send({ answer, reason, digest: seen, looked: lookedIn(event.currentTarget) })
  }

  return (
    // The key is pressed in a field and bubbles up: the form itself takes no focus.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <form
      ref={form}
      id="verdict"
      aria-labelledby="vf"
      method="post"
      autoComplete="off"
      action={`/api/console/approvals/${request.id}/verdict`}
      onSubmit={submit}
      onKeyDown={submitOnKeys}
    >
      <h2 id="vf">Your verdict</h2>
      {changed && <VerdictChanged refused={verdict.refused !== undefined} read={read} onSeen={onSeen} />}
      {refused && !changed && (
        <RegionError tone="hold" title="Your verdict was not recorded.">
          {refused.detail}
        </RegionError>
      )}
      <Options legend="Verdict" hideLegend name="answer" error={missing.answer}>
        {ANSWERS.map((one) => {
          const may = one === 'approve' ? approve : reject
          return (
            <Option
              key={one}
              type="radio"
              name="answer"
              value={one}
              required
              disabled={!may.ok}
              hint={may.ok || neither ? undefined : refusalWords(may)}
              checked={answer === one}
              onChange={() => setAnswer(one)}
            >
              {one === 'approve' ? 'Approve it' : 'Reject it'}
            </Option>
          )
        })}
      </Options>
      <TextArea
        label="Reason"
        aside={reasonAside(request.takes, answer)}
        name="reason"
        rows={4}
        maxLength={2_000}
        disabled={neither}
        value={reason}
        onChange={(event) => onReason(event.target.value)}
        error={missing.reason}
      />
      <input type="hidden" name="digest" value={seen} />
      {request.takes.passkey !== undefined && <VerdictTakes takes={request.takes} signing={verdict.signing} />}
      <p className="digl">
        <span className="t3">Your verdict is on exactly</span>
        <Digest value={seen} what="the digest of the request" />
      </p>
      <Button
        type="submit"
        variant="pri"
        size="lg"
        wide
        busy={verdict.busy}
        disabledReason={
          offBecause({ neither: neither ? request.you.approve : undefined, stale, changed }) ??
          noPasskey(request.takes, answer)
        }
      >
        {answer === 'approve'
          ? 'Approve this action'
          : answer === 'reject'
            ? 'Reject this action'
            : 'Record the verdict'}
      </Button>
      {!neither && (
        <p className="d-only">
          <span className="hint">
            <Kbd>Ctrl</Kbd> or <Kbd>⌘</Kbd> with <Kbd>Enter</Kbd> in the form
          </span>
        </p>
      )}
    </form>
  )
}

function offBecause({
  neither,
  stale,
  changed,
}: {
  neither: RequestDetail['yours'] | undefined
  stale: boolean
  changed: boolean
}): string | undefined {
  if (neither && !neither.ok) return refusalWords(neither)
  if (stale) return 'This page is not live, so what it shows may be out of date.'
  if (changed) return 'Read what is asked now first.'
  return undefined
}

/** What was ticked of what to look for, which stands beside the arguments and belongs to this form. */
const lookedIn = (form: HTMLFormElement): string[] => new FormData(form).getAll('looked').map(String)

function submitOnKeys(event: KeyboardEvent<HTMLFormElement>): void {
  if (event.key === 'Enter' && (event.metaKey || event.ctrlKey)) {
    event.preventDefault()
    event.currentTarget.requestSubmit()
  }
}

function focusField(name: string): void {
  const field = document.getElementById(`f-${name}`)
  ;(field?.querySelector('input') ?? field)?.focus()
}
