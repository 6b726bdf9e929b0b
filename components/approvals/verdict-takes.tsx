'use client'

import { Fingerprint } from 'lucide-react'
import dynamic from 'next/dynamic'
import type { RequestDetail } from '@/lib/decisions/request'
import { Icon } from '../ui/icon'

// loaded where a passkey is taken
const PasskeyAsking = dynamic(() => import('../people/passkey-asking').then((module) => module.PasskeyAsking))

type Takes = RequestDetail['takes']

/** What an answer takes, said before one begins; then what the passkey is being asked to sign. Nothing where a session is enough. */
export function VerdictTakes({ takes, signing }: { takes: Takes; signing: string | null }) {
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
