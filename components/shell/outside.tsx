import { OctagonMinus } from 'lucide-react'
import type { ReactNode } from 'react'
import type { HaltOutside } from '@/lib/halt/read'
import { ClockProvider } from '../ui/clock'
import { Icon } from '../ui/icon'
import { Time } from '../ui/time'
import { Mark } from './mark'
import { SkipLink } from './skip-link'
import { ThemeToggle } from './theme-toggle'

/** The frame of the pages before the console: signing in, first run, a link to join. `wide` is for two columns. */
export function Outside({
  organisation,
  wide,
  foot,
  now,
  halted,
  children,
}: {
  organisation?: string
  wide?: boolean
  foot?: ReactNode
  /** ms since 1970, when rendered */ now: number
  /** what is halted: said here too, without names */ halted: HaltOutside | null
  children: ReactNode
}) {
  return (
    <ClockProvider serverNow={now}>
      <SkipLink />
      <div className="out">
        <header className="obar">
          <span className="brand">
            <Mark />
            Countersign
          </span>
          {organisation && <span className="t3 s12">{organisation}</span>}
          <ThemeToggle />
        </header>
        {halted && (
          <div className={halted.everything ? 'ban halt' : 'ban scoped'} role="status">
            <Icon of={OctagonMinus} size="lg" />
            <span className="tx">
              <b>
                {halted.everything
                  ? 'All agents are halted'
                  : halted.halts === 1
                    ? 'A halt is in force'
                    : `${halted.halts} halts are in force`}
              </b>{' '}
              since <Time at={halted.since} />. Whoever signs in sees by whom and why.
            </span>
          </div>
        )}
        <main id="main" className={wide ? 'sheet wide' : 'sheet'} tabIndex={-1}>
          {children}
        </main>
        <footer className="ofoot">{foot}</footer>
      </div>
    </ClockProvider>
  )
}
