'use client'

import dynamic from 'next/dynamic'
import { useState } from 'react'
import type { RequestDetail } from '@/lib/decisions/request'
import { VerdictForm } from './verdict-form'
import { useVerdict } from './use-verdict'

// loaded where a request is closed or frozen: most are neither
const VerdictClosed = dynamic(() => import('./verdict-closed').then((module) => module.VerdictClosed))
const VerdictFrozen = dynamic(() => import('./verdict-frozen').then((module) => module.VerdictFrozen))

/** Why a verdict was not recorded. */
export type Refused = { code: string; detail: string }

/** What the form was answered with where it was sent without JavaScript: the refusal, and what had been typed. */
export type Answered = {
  form: string
  code?: string
  errors?: readonly { field?: string; detail: string }[]
  values?: Readonly<Record<string, string | readonly string[]>>
}

/**
 * The verdict of the person who looks. What they have typed outlives everything that can happen to the request meanwhile:
 * it changes, somebody else answers, a halt falls over it.
 */
export function Verdict({
  request,
  me,
  answered,
  read,
}: {
  request: RequestDetail
  me: { id: string; name: string }
  answered?: Answered
  /** what stands beside is what is asked now */
  read: boolean
}) {
  const sent = answered?.form === `/api/console/approvals/${request.id}/verdict` ? answered : undefined
  const typed = sent?.values?.reason
  const [reason, setReason] = useState(typeof typed === 'string' ? typed : '')
  // The digest of what was on screen when this page was opened: a verdict is on that, and never silently on something newer.
  const [seen, setSeen] = useState(request.digest)
  const verdict = useVerdict(request)
  const error = verdict.refused ?? refusalOf(sent)
  const mine = request.verdicts.find((given) => given.person.id === me.id)
  if (request.status !== 'pending' || mine)
    return <VerdictClosed request={request} mine={mine} refused={error} kept={mine ? '' : reason} />
  if (request.frozen) return <VerdictFrozen halt={request.frozen.id} kept={reason} />
  return (
    <VerdictForm
      request={request}
      seen={seen}
      read={read}
      onSeen={() => {
        setSeen(request.digest)
        verdict.forget()
      }}
      reason={reason}
      onReason={setReason}
      verdict={verdict}
      refused={error}
    />
  )
}

function refusalOf(sent: Answered | undefined): Refused | undefined {
  if (sent?.code === undefined) return undefined
  return { code: sent.code, detail: sent.errors?.map(({ detail }) => detail).join(' ') ?? '' }
}
