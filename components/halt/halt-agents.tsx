'use client'

import Link from 'next/link'
import { paths } from '@/lib/core/paths'
import { confirmation, type Confirmation } from '@/lib/halt/halt'
import { Table, Td, Th } from '../table/table'
import { useNow } from '../ui/clock'
import { StateWord } from '../ui/state-word'
import { Time } from '../ui/time'
import { sayLength } from '../ui/time-words'

/** An agent under a halt: when it said it stopped, if it did, and how many runs it said it stopped. */
export type AgentStanding = { slug: string; acknowledgedAt: string | null; runs: number }

const ORDER: Record<Confirmation, number> = { unconfirmed: 0, requested: 1, confirmed: 2 }

/**
 * How far a halt has got: who was asked, who says they stopped, who has not answered, those first. The states follow from
 * the clock, so that silence turns into "no answer" while somebody watches.
 */
export function HaltAgents({
  engagedAt,
  agents,
  readAt,
  run,
}: {
  engagedAt: string
  agents: readonly AgentStanding[]
  /** ms since 1970 */ readAt: number
  /** it stops one run, and the agent's others go on */ run: boolean
}) {
  const now = useNow() ?? new Date(readAt)
  const rows = agents
    .map((agent) => ({ ...agent, state: stateOf(agent, engagedAt, now) }))
    .toSorted((a, b) => ORDER[a.state] - ORDER[b.state] || (a.slug < b.slug ? -1 : 1))
  const count = (state: Confirmation) => rows.filter((row) => row.state === state).length
  const confirmed = count('confirmed')
  return (
    <>
      <div role="status">
        <dl className="cnts">
          <div>
            <dt>Asked to stop</dt>
            <dd>{rows.length}</dd>
          </div>
          <div>
            <dt>Confirmed</dt>
            <dd>{confirmed}</dd>
          </div>
          <div className={count('unconfirmed') > 0 ? 'un' : undefined}>
            <dt>Unconfirmed</dt>
            <dd>{count('unconfirmed')}</dd>
          </div>
        </dl>
      </div>
      {rows.length > 0 && (
        <>
          <svg className="conf" viewBox={`0 0 ${rows.length} 1`} preserveAspectRatio="none" aria-hidden>
            <rect className="yes" x={0} y={0} width={confirmed} height={1} />
            <rect className="no" x={confirmed} y={0} width={rows.length - confirmed} height={1} />
          </svg>
          <Table label="Agents under this halt, unconfirmed first" density={28}>
            <thead>
              <tr>
                <Th>Agent</Th>
                <Th>State</Th>
                <Th>Says</Th>
                <Th num>Time to stop</Th>
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <tr key={row.slug}>
                  <th scope="row">
                    <Link className="q" href={paths.agent(row.slug)}>
                      {row.slug}
                    </Link>
                  </th>
                  <Td>
                    <Standing state={row.state} />
                  </Td>
                  <Td quiet>{saysWords(row)}</Td>
                  <Td num>
                    {row.acknowledgedAt === null ? (
                      <>
                        since <Time at={engagedAt} show="clock" />
                      </>
                    ) : (
                      took(engagedAt, row.acknowledgedAt)
                    )}
                  </Td>
                </tr>
              ))}
            </tbody>
          </Table>
        </>
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

function stateOf(agent: AgentStanding, engagedAt: string, now: Date): Confirmation {
  return confirmation(new Date(engagedAt), agent.acknowledgedAt === null ? null : new Date(agent.acknowledgedAt), now)
}

function Standing({ state }: { state: Confirmation }) {
  switch (state) {
    case 'confirmed':
      return <StateWord state="confirmed" />
    case 'unconfirmed':
      return <StateWord state="no_answer" />
    case 'requested':
      return <StateWord state="pending" word="Asked" />
  }
}

function saysWords({ acknowledgedAt, runs }: AgentStanding): string {
  if (acknowledgedAt === null) return 'nothing yet'
  if (runs === 0) return 'nothing was running'
  return runs === 1 ? '1 run stopped' : `${runs} runs stopped`
}

function took(from: string, to: string): string {
  const ms = Math.max(Date.parse(to) - Date.parse(from), 0)
  return ms < 60_000 ? `${(ms / 1_000).toFixed(1)} s` : sayLength(ms)
}
