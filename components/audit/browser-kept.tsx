'use client'

import { RotateCw, ShieldAlert } from 'lucide-react'
import { useState, useSyncExternalStore } from 'react'
import { LOG_BREAKS, type Kept } from '@/clients/verifier/proof/keeper'
import { Button } from '../ui/button'
import { Digest } from '../ui/digest'
import { Fact, Facts } from '../ui/facts'
import { Icon } from '../ui/icon'
import { Time } from '../ui/time'
import { canCheck, lookAgain } from '../shell/kept-log'
import { findingText, forgetLog, keptText, onLogChange, type Finding } from '../shell/kept-store'

const nothing = () => null

/** What this browser keeps of the log by itself, what it found, and how to look again or forget it. */
export function BrowserKept() {
  const keptSaid = useSyncExternalStore(onLogChange, keptText, nothing)
  const finding = useSyncExternalStore(onLogChange, findingText, nothing)
  const [busy, setBusy] = useState(false)
  const [said, setSaid] = useState('')
  const kept = keptSaid === null ? null : (JSON.parse(keptSaid) as Kept)

  const look = async () => {
    setBusy(true)
    try {
      const looked = await lookAgain()
      setSaid(wordsOf(looked, canCheck()))
    } catch {
      setSaid('The server did not answer.')
    } finally {
      setBusy(false)
    }
  }
  return (
    <>
      {finding !== null && <Broken finding={JSON.parse(finding) as Finding} />}
      {kept ? (
        <Facts width="wide">
          <Fact term="Kept">
            a checkpoint over {kept.size.toLocaleString('en')} entries, verified <Time at={kept.at} show="full" />
          </Fact>
          <Fact term="Root">
            <Digest value={kept.root} what="the root this browser keeps" />
          </Fact>
          <Fact term="Key">
            <span className="mono any">{kept.vkey}</span>
          </Fact>
          <Fact term="Since">
            <Time at={kept.since} show="full" />
          </Fact>
        </Facts>
      ) : (
        <p className="t2">This browser keeps nothing yet.</p>
      )}
      <div className="formend">
        <Button icon={RotateCw} busy={busy} onClick={() => void look()}>
          Look again now
        </Button>
        <Button
          variant="bare"
          onClick={() => {
            forgetLog()
            setSaid('Forgotten. The next look believes the key it is shown.')
          }}
        >
          Forget what this browser kept
        </Button>
      </div>
      <p role="status" className="t2">
        {said}
      </p>
    </>
  )
}

function Broken({ finding: { code, kept, size, at } }: { finding: Finding }) {
  return (
    <p>
      <span className="st forbid">
        <Icon of={ShieldAlert} />
        Contradicted
      </span>{' '}
      <Time at={at} show="full" />, against a kept checkpoint over {kept.toLocaleString('en')} entries:{' '}
      {LOG_BREAKS[code]}
      {size === null ? '' : ` (${size.toLocaleString('en')} entries)`}. Keep this browser as it is: what it kept is
      evidence.
    </p>
  )
}

function wordsOf(looked: Awaited<ReturnType<typeof lookAgain>>, able: boolean): string {
  if (!able || looked === null) return 'This browser has no WebCrypto here, and cannot check.'
  if (!looked.ok) return `The log contradicts what was kept: ${LOG_BREAKS[looked.code]}.`
  if (looked.from === null) return 'Kept for the first time. Compare the key with one you wrote down.'
  const { size } = looked.kept
  return `Verified: the ${looked.from.toLocaleString('en')} entries kept before are the beginning of these ${size.toLocaleString('en')}.`
}
