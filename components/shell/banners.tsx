'use client'

import { Ban, CalendarClock, OctagonMinus, ShieldAlert } from 'lucide-react'
import Link from 'next/link'
import { paths } from '@/lib/core/paths'
import { HostileText } from '../ui/hostile-text'
import { Icon } from '../ui/icon'
import { Time } from '../ui/time'
import { useShellFacts } from './shell-live'
import type { HaltFact, HaltScope } from './shell-facts'

/** What every page must say before anything else: the ledger is broken, nothing can be recorded, a halt is in force, a drill is overdue. */
export function Banners() {
  const { halts, ledger, drillOverdue } = useShellFacts()
  const [widest, ...others] = halts
  return (
    <>
      {ledger.state === 'broken' && (
        <div className="ban halt" role="alert">
          <Icon of={ShieldAlert} size="lg" />
          <span className="tx">
            <b>The ledger is broken{ledger.entry !== null && ` at entry #${ledger.entry.toLocaleString('en')}`}:</b>{' '}
            {ledger.words}. Found <Time at={ledger.at} />.
          </span>
          <Link className="r" href={paths.integrity()}>
            Open the finding
          </Link>
        </div>
      )}
      {ledger.state === 'unavailable' && (
        <div className="ban forbid" role="alert">
          <Icon of={Ban} size="md" />
          <span className="tx">
            <b>Decisions cannot be recorded, so every action is refused.</b> Since <Time at={ledger.since} />. Halts
            work.
          </span>
        </div>
      )}
      {widest && <HaltBanner halt={widest} more={others.length} />}
      {drillOverdue !== null && (
        <div className="ban hold" role="status">
          <Icon of={CalendarClock} size="md" />
          <span className="tx">
            A drill of the kill switch is overdue since <Time at={drillOverdue} show="day" />.
          </span>
          <Link className="r" href={paths.drills()}>
            Drill now
          </Link>
        </div>
      )}
    </>
  )
}

function HaltBanner({ halt, more }: { halt: HaltFact; more: number }) {
  if (halt.scope.kind === 'organisation') {
    return (
      <div className="ban halt" role="status">
        <Icon of={OctagonMinus} size="lg" />
        <span className="tx">
          <b>All {halt.agents} agents are halted</b>
          {halt.drill && ' as a drill'} since <Time at={halt.since} /> by {halt.by}
          <Why halt={halt} />
        </span>
        <More halt={halt} more={more} />
      </div>
    )
  }
  return (
    <div className="ban scoped" role="status">
      <span className="st halt">
        <Icon of={OctagonMinus} />
        {halt.drill ? 'Drill' : 'Halted'}
      </span>
      <span className="tx">
        <ScopeWords scope={halt.scope} />
        {halt.scope.kind !== 'agent' &&
          halt.scope.kind !== 'run' &&
          ` for ${halt.agents} ${halt.agents === 1 ? 'agent' : 'agents'}`}
        <span className="d-only">
          , since <Time at={halt.since} /> by {halt.by}
          <Why halt={halt} />
        </span>
      </span>
      <More halt={halt} more={more} />
    </div>
  )
}

function Why({ halt }: { halt: HaltFact }) {
  return (
    <>
      {halt.reason ? (
        <>
          : <HostileText text={brief(halt.reason)} />
        </>
      ) : null}
      {'. '}
      {halt.unconfirmed > 0 && (
        <>
          {halt.unconfirmed} {halt.unconfirmed === 1 ? 'agent has' : 'agents have'} not confirmed.
        </>
      )}
    </>
  )
}

/** The beginning of a reason, without its full stop; the halt's page has all of it. */
function brief(reason: string): string {
  const words = reason.trim().replace(/[.\s]+$/, '')
  return words.length > 160 ? `${words.slice(0, 159)}…` : words
}

function More({ halt, more }: { halt: HaltFact; more: number }) {
  return (
    <Link className="r" href={more > 0 ? paths.halt() : paths.haltOf(halt.id)}>
      {more > 0 ? `Open all ${more + 1}` : 'Open'}
      <span className="d-only"> {more > 0 ? 'halts' : 'the halt'}</span>
    </Link>
  )
}

/** A halt's scope as a person says it. */
export function ScopeWords({ scope }: { scope: HaltScope }) {
  switch (scope.kind) {
    case 'organisation':
      return 'The whole organisation'
    case 'agent':
      return <>Agent {scope.name}</>
    case 'run':
      return <>A run of {scope.name}</>
    case 'team':
      return <>Team {scope.name}</>
    case 'environment':
      return <>Everything in {scope.name}</>
    case 'server':
      return (
        <>
          Every tool of <span className="mono">{scope.name}</span>
        </>
      )
    case 'tool':
      return (
        <>
          Tool <span className="mono">{scope.name}</span>
        </>
      )
  }
}
