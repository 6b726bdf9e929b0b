'use client'

import { Fingerprint } from 'lucide-react'
import { Icon } from '../ui/icon'
import { useScripted } from '../ui/use-scripted'
import type { PasskeyAsking as Asking } from './use-passkey'

/** What a passkey is being asked to sign, or why none answered. Said aloud, too. */
export function PasskeyAsking({ asking: { words, problem } }: { asking: Asking }) {
  const scripted = useScripted()
  return (
    <>
      <p role="status" className={words === null ? 'vh' : 'pk-ask'}>
        {words !== null && (
          <>
            <Icon of={Fingerprint} />
            <span>Your passkey signs: “{words}”</span>
          </>
        )}
      </p>
      {problem !== null && (
        <p role="alert" className="err">
          {problem}
        </p>
      )}
      {!scripted && (
        <p className="t2 s12 gap-above">
          A passkey needs JavaScript: allow it for this console, and load the page again.
        </p>
      )}
    </>
  )
}
