'use client'

import { Check, X } from 'lucide-react'
import { type ReactNode, useEffect, useState } from 'react'
import type { BrowserChecked } from './browser-check'
import { Icon } from '../ui/icon'
import { Time } from '../ui/time'

/** What is checked: the entry's bytes as this page shows them, and the proof that came with it. */
export type ToCheck = { index: number; bytes: string; size: number; path: readonly string[]; note: string }

type State = BrowserChecked | { state: 'looking' }

/**
 * The same proof done by the browser itself (WebCrypto): from the bytes on this page to a checkpoint that it verified under the key it
 * kept, and from there back to the checkpoint it kept before. It says what it relied on.
 */
export function BrowserProof({ proof }: { proof: ToCheck }) {
  const [found, setFound] = useState<State>({ state: 'looking' })
  useEffect(() => {
    let gone = false
    void import('./browser-check')
      .then(({ checkInBrowser }) => checkInBrowser(proof))
      .catch((): BrowserChecked => ({ state: 'unavailable', why: 'This browser could not ask for the log.' }))
      .then((checked) => {
        if (!gone) setFound(checked)
      })
    return () => {
      gone = true
    }
  }, [proof])
  return (
    <div className="proof" role="status" aria-live="polite">
      <Said found={found} />
    </div>
  )
}

function Said({ found }: { found: State }) {
  switch (found.state) {
    case 'looking':
      return <p className="t2">This browser checks it too…</p>
    case 'unavailable':
      return <p className="t2">Not checked by this browser. {found.why}</p>
    case 'checked':
      return (
        <>
          <p>
            <b>
              {found.steps.every(({ holds }) => holds) ? 'Checked by this browser.' : 'This browser’s check fails.'}
            </b>
          </p>
          <ol>
            {found.steps.map(({ holds, says }) => (
              <Step key={says} holds={holds}>
                {says}
              </Step>
            ))}
          </ol>
          <p className="s12 t3">
            It relied on its own arithmetic, on this page’s program, which this server sent, and on the key it kept
            since <Time at={found.since} />
            {found.first
              ? ', which is now: the first time a key is believed. Compare it with one you wrote down.'
              : '.'}
          </p>
        </>
      )
  }
}

function Step({ holds, children }: { holds: boolean; children: ReactNode }) {
  return (
    <li>
      <span className={holds ? 'st allow' : 'st forbid'}>
        <Icon of={holds ? Check : X} />
        {children}
      </span>{' '}
      <span className="vh">{holds ? '(holds)' : '(does not hold)'}</span>
    </li>
  )
}
