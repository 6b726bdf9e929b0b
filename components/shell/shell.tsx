import Link from 'next/link'
import type { ReactNode } from 'react'
import { paths } from '@/lib/core/paths'
import { ClockProvider } from '../ui/clock'
import { ToastProvider } from '../ui/toast'
import { ScreenNotifier } from '../notifications/screen-notifier'
import { Banners } from './banners'
import { LedgerStatus } from './ledger-status'
import { LiveProvider } from './live'
import { LogWatch } from './log-watch'
import { Mark } from './mark'
import { OnCall } from './on-call'
import { QueryProvider } from './query-provider'
import { Rooms } from './rooms'
import { RouteFocus } from './route-focus'
import { ShellLive } from './shell-live'
import type { ShellFacts } from './shell-facts'
import { SkipLink } from './skip-link'
import { ThemeToggle } from './theme-toggle'

/**
 * The frame of every page of the console. Its facts are plain and come from the server with the page, so that without
 * JavaScript it is complete and only stands still.
 * @param now milliseconds since 1970 at which the facts were read
 */
export function Shell({ facts, now, children }: { facts: ShellFacts; now: number; children: ReactNode }) {
  return (
    <QueryProvider>
      <LiveProvider>
        <ClockProvider serverNow={now}>
          <ToastProvider>
            <ShellLive facts={facts} loadedAt={now}>
              <SkipLink />
              <RouteFocus />
              <ScreenNotifier />
              <div className="app">
                <nav className="nav" aria-label="Console">
                  <Link className="brand" href={paths.posture()}>
                    <Mark />
                    Countersign
                  </Link>
                  <Rooms />
                  <OnCall />
                </nav>
                <div className="pane">
                  <TopBar facts={facts} />
                  <LogWatch />
                  <Banners />
                  {children}
                </div>
              </div>
            </ShellLive>
          </ToastProvider>
        </ClockProvider>
      </LiveProvider>
    </QueryProvider>
  )
}

function TopBar({ facts }: { facts: ShellFacts }) {
  return (
    <header className="top">
      <span className="crumb">{facts.organisation}</span>
      <span className="sp" />
      <LedgerStatus />
      <Link className="me" href={paths.sessions()}>
        {facts.person.name}
        <span className="hide-m"> · {facts.person.roles.join(', ') || 'no role'}</span>
      </Link>
      <ThemeToggle />
    </header>
  )
}
