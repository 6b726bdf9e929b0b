'use client'

import Link from 'next/link'
import { paths } from '@/lib/core/paths'
import type { Posture } from '@/lib/evidence/posture'
import { DrillWords } from '../halt/drill-standing'
import { ScopeWords } from '../shell/banners'
import { Block } from '../shell/page'
import { useShellFacts } from '../shell/shell-live'
import { Fact, Facts } from '../ui/facts'
import { StateWord } from '../ui/state-word'
import { Time } from '../ui/time'

/** What stands: halts, who is on call, the ledger, agents by state. The first three are those of the frame, and as live. */
export function PostureAside({ agents, orphans, drill }: Pick<Posture, 'agents' | 'orphans' | 'drill'>) {
  const { halts, onCall, ledger, drillOverdue } = useShellFacts()
  return (
    <>
      <Block title="Halt">
        {halts.length === 0 ? (
          <p className="t2">Nothing is halted.</p>
        ) : (
          halts.map((halt) => (
            <p key={halt.id}>
              <StateWord state="halted" /> <ScopeWords scope={halt.scope} />, since <Time at={halt.since} /> by{' '}
              {halt.by}. {halt.unconfirmed > 0 && <b>{halt.unconfirmed} not confirmed. </b>}
              <Link href={paths.haltOf(halt.id)}>Open</Link>
            </p>
          ))
        )}
        <p className="t2">
          <DrillWords drill={drill} overdue={drillOverdue} /> <Link href={paths.drills()}>Drills</Link>
        </p>
      </Block>
      <Block title="On call">
        <Facts width="narrow">
          <Fact term="Now">{onCall.now ? <b>{onCall.now.name}</b> : <Link href={paths.onCall()}>nobody</Link>}</Fact>
          {onCall.next && <Fact term={<Time at={onCall.next.from} />}>{onCall.next.name}</Fact>}
        </Facts>
      </Block>
      <Block title="Ledger">
        <p>
          <LedgerWords ledger={ledger} /> <Link href={paths.integrity()}>Is it whole?</Link>
        </p>
      </Block>
      {orphans.length > 0 && (
        <Block title="Agents without an owner">
          <ul className="rows">
            {orphans.slice(0, 8).map(({ slug }) => (
              <li key={slug}>
                <Link href={paths.agent(slug)}>{slug}</Link>
              </li>
            ))}
          </ul>
          <p className="under">Contained: reads in their scope answer, everything else is forbidden.</p>
        </Block>
      )}
      <Block title="Agents">
        <Facts width="narrow">
          <Fact term="Active">{agents.active}</Fact>
          {agents.contained > 0 && <Fact term="Contained">{agents.contained}</Fact>}
          {agents.suspended > 0 && <Fact term="Suspended">{agents.suspended}</Fact>}
          {agents.registered > 0 && <Fact term="Registered">{agents.registered}, not active yet</Fact>}
          {agents.unsigned > 0 && <Fact term="Unsigned">{agents.unsigned}, may do nothing</Fact>}
          {agents.retired > 0 && <Fact term="Retired">{agents.retired}</Fact>}
        </Facts>
      </Block>
    </>
  )
}

function LedgerWords({ ledger }: { ledger: ReturnType<typeof useShellFacts>['ledger'] }) {
  switch (ledger.state) {
    case 'verified':
      return (
        <>
          {ledger.size.toLocaleString('en')} entries, verified <Time at={ledger.at} show="relative" />.
        </>
      )
    case 'sealed':
      return (
        <>
          {ledger.size.toLocaleString('en')} entries under a checkpoint signed <Time at={ledger.at} show="relative" />.
        </>
      )
    case 'unsealed':
      return 'Nothing is signed yet.'
    case 'broken':
      return <b>Broken{ledger.entry !== null && ` at entry #${ledger.entry.toLocaleString('en')}`}.</b>
    case 'unavailable':
      return 'It cannot be read.'
  }
}
