'use client'

import { paths } from '@/lib/core/paths'
import type { Confirmation } from '@/lib/halt/halt'
import { type AgentsBeyond, standBeyond, stopOfAgent, STOP_ORDER } from '@/lib/halt/stops'
import { Table, Th } from '../table/table'
import { useNow } from '../ui/clock'
import { AgentPages } from './agent-pages'
import { HaltAgentRows } from './halt-agent-rows'
import type { AgentStanding } from './stop-words'

/**
 * How far a halt has got: who was asked, who says they stopped, agent by agent and run by run, who has not answered, those first and with what
 * to do about them. The states follow from the clock, so that silence turns into "no answer" while somebody watches.
 */
export function HaltAgents({
  agents,
  from,
  beyond,
  halt,
  readAt,
  run,
}: {
  /** a page of them */ agents: readonly AgentStanding[]
  /** how many come before these */ from: number
  /** all the others, in counts */ beyond: AgentsBeyond
  /** `hlt_…` */ halt: string
  /** ms since 1970 */ readAt: number
  /** it stops one run, and the agent's others go on */ run: boolean
}) {
  const now = useNow()?.getTime() ?? readAt
  const rows = agents
    .map((agent) => ({ agent, stop: stopOfAgent(agent, agent.requestedAt, now) }))
    .toSorted((a, b) => STOP_ORDER[a.stop.state] - STOP_ORDER[b.stop.state] || (a.agent.slug < b.agent.slug ? -1 : 1))
  const others = standBeyond(beyond, now)
  const count = (state: Confirmation) => rows.filter(({ stop }) => stop.state === state).length + others[state]
  const [confirmed, unconfirmed] = [count('confirmed'), count('unconfirmed')]
  const all = confirmed + unconfirmed + count('requested')
  return (
    <>
      <div role="status">
        <dl className="cnts">
          <div>
            <dt>Asked to stop</dt>
            <dd>{all.toLocaleString('en')}</dd>
          </div>
          <div>
            <dt>Confirmed</dt>
            <dd>{confirmed.toLocaleString('en')}</dd>
          </div>
          <div className={unconfirmed > 0 ? 'un' : undefined}>
            <dt>Unconfirmed</dt>
            <dd>{unconfirmed.toLocaleString('en')}</dd>
          </div>
        </dl>
      </div>
      {rows.length > 0 && (
        <>
          <svg className="conf" viewBox={`0 0 ${all} 1`} preserveAspectRatio="none" aria-hidden>
            <rect className="yes" x={0} y={0} width={confirmed} height={1} />
            <rect className="no" x={confirmed} y={0} width={all - confirmed} height={1} />
          </svg>
          <Table label="Agents under this halt, unconfirmed first" density={28}>
            <thead>
              <tr>
                <Th>Agent</Th>
                <Th>State</Th>
                <Th>Grade</Th>
                <Th>Says</Th>
                <Th num>Time to stop</Th>
              </tr>
            </thead>
            {rows.map(({ agent, stop }) => (
              <HaltAgentRows key={agent.slug} agent={agent} stop={stop} now={now} />
            ))}
          </Table>
        </>
      )}
      {all > rows.length && (
        <AgentPages
          label="Agents under this halt, by pages"
          page={paths.haltOf(halt)}
          from={from}
          listed={rows.length}
          all={all}
        />
      )}
      <p className="under">
        {run
          ? 'Nothing of this run is allowed any more, and its grants are dead; the agent’s other runs go on. '
          : 'An agent that has not confirmed can do nothing new: its token is stop-only and its grants are dead. '}
        What already left it may still arrive.
      </p>
    </>
  )
}
