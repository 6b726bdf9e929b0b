'use client'

import { Fingerprint } from 'lucide-react'
import dynamic from 'next/dynamic'
import Link from 'next/link'
import type { ReactNode } from 'react'
import type { Answer } from '@/lib/approvals/approval'
import { takesPasskey } from '@/lib/approvals/assurance'
import { paths } from '@/lib/core/paths'
import type { RequestDetail } from '@/lib/decisions/request'
import { Icon } from '../ui/icon'

// loaded where a passkey is taken
const PasskeyAsking = dynamic(() => import('../people/passkey-asking').then((module) => module.PasskeyAsking))

type Takes = RequestDetail['takes']

/** What an answer takes, said before one begins; then what the passkey is being asked to sign. Nothing where a session is enough. */
export function VerdictTakes({ takes, signing }: { takes: Takes; signing: string | null }) {
  if (takes.passkey === undefined) return null
  return (
    <>
      <p className="pk-ask">
        <Icon of={Fingerprint} />
        <span>
          {takes.passkey === 'both'
            ? 'This takes your passkey, to approve and to reject.'
            : 'This takes your passkey to approve. Rejecting takes none.'}
        </span>
      </p>
      {/* whatever kept it from answering is said above the form, with every other refusal */}
      <PasskeyAsking asking={{ busy: signing !== null, words: signing, problem: null }} />
    </>
  )
}

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
