import Link from 'next/link'
import { paths } from '@/lib/core/paths'
import type { Confirmation } from '@/lib/halt/halt'
import { stopOfRun, STOP_ORDER, type Stopped } from '@/lib/halt/stops'
import { GradeWord } from '../agents/grade'
import { Td } from '../table/table'
import { HostileText } from '../ui/hostile-text'
import { StateWord } from '../ui/state-word'
import { Time } from '../ui/time'
import { StopToDo } from './stop-to-do'
import { moreWords, saysWords, runWords, took, type AgentStanding, type RunStanding } from './stop-words'

/** Runs of one agent that are drawn, those that have not answered first. */
const MOST_RUNS = 20

/** One agent under a halt, what to do about it while it is silent, and each of the runs it has to stop. */
export function HaltAgentRows({
  agent,
  stop,
  now,
}: {
  agent: AgentStanding
  stop: Stopped
  /** ms since 1970 */ now: number
}) {
  const { requestedAt } = agent
  const runs = agent.runs
    .map((run) => ({ run, stop: stopOfRun(run, requestedAt, now) }))
    .toSorted((a, b) => STOP_ORDER[a.stop.state] - STOP_ORDER[b.stop.state])
  const more = moreWords(agent, Math.min(runs.length, MOST_RUNS))
  return (
    <tbody>
      <tr>
        <th scope="row">
          <Link className="q" href={paths.agent(agent.slug)}>
            {agent.slug}
          </Link>
        </th>
        <Td>
          <Standing state={stop.state} />
        </Td>
        <Td>
          <GradeWord grade={agent.grade} />
        </Td>
        <Td quiet>{saysWords(agent)}</Td>
        <TimeToStop stop={stop} requestedAt={requestedAt} />
      </tr>
      {stop.state === 'unconfirmed' && (
        <tr className="todo">
          <Td colSpan={5} wrap>
            <StopToDo
              agent={agent}
              now={now}
              silent={runs.filter((each) => each.stop.state !== 'confirmed').map(({ run }) => run)}
            />
          </Td>
        </tr>
      )}
      {runs.slice(0, MOST_RUNS).map((each) => (
        <RunRow key={each.run.run} {...each} requestedAt={requestedAt} now={now} />
      ))}
      {more !== null && (
        <tr className="ofrun">
          <Td colSpan={5} quiet>
            {more}
          </Td>
        </tr>
      )}
    </tbody>
  )
}

function RunRow({
  run,
  stop,
  requestedAt,
  now,
}: {
  run: RunStanding
  stop: Stopped
  requestedAt: number
  now: number
}) {
  return (
    <tr className="ofrun">
      <th scope="row">
        <Link className="q" href={paths.run(run.run)}>
          run …{run.run.slice(-6)}
        </Link>
        {run.host !== null && (
          <span className="where t3">
            on <HostileText text={run.host} max={253} />
          </span>
        )}
      </th>
      <Td>
        <Standing state={stop.state} />
      </Td>
      <Td quiet> </Td>
      <Td quiet>{runWords(run, now)}</Td>
      <TimeToStop stop={stop} requestedAt={requestedAt} />
    </tr>
  )
}

function TimeToStop({ stop, requestedAt }: { stop: Stopped; requestedAt: number }) {
  return (
    <Td num>
      {stop.at === null ? (
        <>
          since <Time at={new Date(requestedAt).toISOString()} show="clock" />
        </>
      ) : (
        took(requestedAt, stop.at)
      )}
    </Td>
  )
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
