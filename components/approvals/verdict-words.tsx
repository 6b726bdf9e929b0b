import Link from 'next/link'
import type { ReactNode } from 'react'
import type { Answer } from '@/lib/approvals/approval'
import type { VerdictOutput } from '@/lib/approvals/contract'
import { paths } from '@/lib/core/paths'
import type { RequestDetail } from '@/lib/decisions/request'

/** What is said once a verdict is recorded, with the way to its story. */
export function saidOf(request: RequestDetail, output: VerdictOutput, answer: Answer): ReactNode {
  const missing = output.seats - output.approvals
  return (
    <>
      {answer === 'reject' ? 'You rejected it.' : 'You approved it.'}
      {output.status === 'pending' &&
        ` ${missing} more ${missing === 1 ? 'person has' : 'people have'} to approve before it counts.`}{' '}
      <Link href={paths.action(request.action)}>{request.agent}’s action</Link>
    </>
  )
}

/** How an approval ended, in one sentence without a name. */
export function endedWords(status: RequestDetail['status']): string {
  switch (status) {
    case 'pending':
      return 'It waits for an answer.'
    case 'approved':
      return 'It was approved.'
    case 'rejected':
      return 'It was rejected.'
    case 'expired':
      return 'Nobody answered in time, so it was refused.'
    case 'withdrawn':
      return 'It was withdrawn: the agent gave it up, or its run is over.'
    case 'superseded':
      return 'Something about it changed, so no verdict on it counts.'
  }
}
