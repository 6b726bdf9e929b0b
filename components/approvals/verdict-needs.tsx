import Link from 'next/link'
import type { ReactNode } from 'react'
import type { Answer } from '@/lib/approvals/approval'
import { takesPasskey } from '@/lib/approvals/assurance'
import { paths } from '@/lib/core/paths'
import type { RequestDetail } from '@/lib/decisions/request'

type Takes = RequestDetail['takes']

/** Why an answer that takes a passkey cannot be given by this person here, and where to make one; undefined where it can. */
export function noPasskey({ has, possible, ...takes }: Takes, answer: Answer | undefined): ReactNode | undefined {
  if (answer === undefined || !takesPasskey(takes, answer, true) || (has && possible)) return undefined
  if (!possible) return 'This takes a passkey, and this address cannot have one: open the console by its name.'
  return (
    <>
      This takes a passkey, and you have none yet. <Link href={paths.passkeys()}>Add a passkey</Link>
    </>
  )
}

/** What is said beside the label of the reason. */
export function reasonAside({ reason }: Takes, answer: Answer | undefined): string {
  if (reason) return 'required, recorded'
  return answer === 'approve' ? 'recorded' : 'required to reject, recorded'
}
