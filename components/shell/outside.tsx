import type { ReactNode } from 'react'
import { ClockProvider } from '../ui/clock'
import { Mark } from './mark'
import { SkipLink } from './skip-link'
import { ThemeToggle } from './theme-toggle'

/** The frame of the pages before the console: signing in, first run, a link to join. `wide` is for two columns. */
export function Outside({
  organisation,
  wide,
  foot,
  now,
  children,
}: {
  organisation?: string
  wide?: boolean
  foot?: ReactNode
  /** ms since 1970, when rendered */ now: number
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
        <main id="main" className={wide ? 'sheet wide' : 'sheet'} tabIndex={-1}>
          {children}
        </main>
        <footer className="ofoot">{foot}</footer>
      </div>
    </ClockProvider>
  )
}
