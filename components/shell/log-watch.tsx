'use client'

import { ShieldAlert } from 'lucide-react'
import Link from 'next/link'
import { useEffect, useSyncExternalStore } from 'react'
import { paths } from '@/lib/core/paths'
import { Icon } from '../ui/icon'
import { Time } from '../ui/time'
import { findingText, onLogChange, type Finding } from './kept-store'
import { useLive } from './live'

const EVERY_MS = 60_000
/** What the page is for comes first: the program that checks is loaded once the page stands. */
const SETTLED_MS = 2_500
const nothing = () => null

/**
 * The browser's own eye on the ledger, on every page: as the log grows it verifies the newest checkpoint against the one it kept, and
 * says on every page when they do not fit together. What it needs for that is loaded behind the page.
 */
export function LogWatch() {
  const found = useSyncExternalStore(onLogChange, findingText, nothing)
  useEffect(() => {
    const timer = setTimeout(() => void look(), SETTLED_MS)
    return () => clearTimeout(timer)
  }, [])
  useLive('ledger', () => void look(), EVERY_MS)
  if (found === null) return null
  const { at, kept } = JSON.parse(found) as Finding
  return (
    <div className="ban halt" role="alert">
      <Icon of={ShieldAlert} size="lg" />
      <span className="tx">
        <b>This browser kept a signed checkpoint that this ledger contradicts.</b> It covered{' '}
        {kept.toLocaleString('en')} entries. Found <Time at={at} />. Do not rely on what is shown here.
      </span>
      <Link className="r" href={paths.integrity()}>
        Open the finding
      </Link>
    </div>
  )
}

async function look(): Promise<void> {
  try {
    const { lookAgain } = await import('./kept-log')
    await lookAgain()
  } catch {
    // The server cannot be asked just now. That is no finding; the next look tells.
  }
}
