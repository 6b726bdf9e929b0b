'use client'

import { ShieldAlert, ShieldCheck } from 'lucide-react'
import Link from 'next/link'
import { paths } from '@/lib/core/paths'
import { Icon } from '../ui/icon'
import { Time } from '../ui/time'
import { useShellFacts } from './shell-live'

/** How far the ledger has been verified, in a few words that lead to the proof. */
export function LedgerStatus() {
  const { ledger } = useShellFacts()
  switch (ledger.state) {
    case 'verified':
    case 'sealed':
      return (
        <Link className="ok" href={paths.integrity()}>
          <Icon of={ShieldCheck} />
          <span>
            Ledger {ledger.state} to #{(ledger.size - 1).toLocaleString('en')}
            <span className="t3 hide-m">
              {' '}
              <Time at={ledger.at} show="clock" />
            </span>
          </span>
        </Link>
      )
    case 'unsealed':
      return (
        <Link className="ok hold" href={paths.integrity()}>
          <Icon of={ShieldAlert} />
          Ledger not sealed yet
        </Link>
      )
    case 'broken':
      return (
        <Link className="ok forbid" href={paths.integrity()}>
          <Icon of={ShieldAlert} />
          Ledger broken{ledger.entry !== null && ` at #${ledger.entry.toLocaleString('en')}`}
        </Link>
      )
    case 'unavailable':
      return (
        <Link className="ok hold" href={paths.integrity()}>
          <Icon of={ShieldAlert} />
          Ledger cannot be read
        </Link>
      )
  }
}
