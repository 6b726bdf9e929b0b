'use client'

import { useState } from 'react'
import type { RequestDetail } from '@/lib/decisions/request'
import { type ApiProblem } from '../shell/api'
import { VerdictClosed } from './verdict-closed'
import { VerdictForm } from './verdict-form'
import { VerdictFrozen } from './verdict-frozen'
import { useVerdict } from './use-verdict'

/** Why a verdict was not recorded: the answer of the API, or what a form without JavaScript was sent back with. */
export type Refused = Pick<ApiProblem, 'code'> & { detail: string }

/**
 * The verdict of the person who looks. What they have typed outlives everything that can happen to the request meanwhile:
 * it changes, somebody else answers, a halt falls over it.
 */
export function Verdict({
  request,
  me,
  refused,
}: {
  request: RequestDetail
  me: { id: string; name: string }
  refused?: { code: string; detail: string }
}) {
  const [reason, setReason] = useState('')
  // The digest of what was on screen when this page was opened: a verdict is on that, and never silently on something newer.
  const [seen, setSeen] = useState(request.digest)
  const verdict = useVerdict(request)
  const error = verdict.refused ?? refused
  const mine = request.verdicts.find((given) => given.person.id === me.id)
  if (request.status !== 'pending' || mine)
    return <VerdictClosed request={request} mine={mine} refused={error} kept={mine ? '' : reason} />
  if (request.frozen) return <VerdictFrozen halt={request.frozen.id} kept={reason} />
  return (
    <VerdictForm
      request={request}
      seen={seen}
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
