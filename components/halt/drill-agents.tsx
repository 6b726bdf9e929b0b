import Link from 'next/link'
import { paths } from '@/lib/core/paths'
import { sayMs } from '@/lib/halt/drill'
import type { DrillDetail } from '@/lib/halt/read-drills'
import { Table, Td, Th } from '../table/table'
import { StateWord } from '../ui/state-word'
import { Time } from '../ui/time'
import { AgentPages } from './agent-pages'

/** Agents that are drawn at once: while a drill goes on the page is read again each second. */
const MOST_ROWS = 300

/** The agents of a drill, those that have not answered first, with how long each took and what to do about silence. */
export function DrillAgents({
  drill,
  from,
}: {
  drill: DrillDetail
  /** how many come before those that are drawn */ from: number
}) {
  const over = drill.endedAt !== null
  const answered = drill.agents.filter(({ ms, late }) => ms !== null && !late)
  const all = drill.agents.length
  const silent = all - answered.length
  const listed = drill.agents.slice(from, from + MOST_ROWS)
  return (
    <>
      <div role="status">
        <dl className="cnts">
          <div>
            <dt>Asked</dt>
            <dd>{all.toLocaleString('en')}</dd>
          </div>
          <div>
            <dt>Confirmed</dt>
            <dd>{answered.length.toLocaleString('en')}</dd>
          </div>
          <div className={silent > 0 ? 'un' : undefined}>
            <dt>{over ? 'Never answered' : 'Not yet'}</dt>
            <dd>{silent.toLocaleString('en')}</dd>
          </div>
        </dl>
      </div>
      <Table label="Agents of this drill, those that have not answered first" density={28}>
        <thead>
          <tr>
            <Th>Agent</Th>
            <Th>State</Th>
            <Th num>Time to confirm</Th>
            <Th>Within the target</Th>
          </tr>
        </thead>
        <tbody>
          {listed.map(({ slug, ms, late }) => (
            <tr key={slug}>
              <th scope="row">
                <Link className="q" href={paths.agent(slug)}>
                  {slug}
                </Link>
              </th>
              <Td>
                {ms !== null && !late ? (
                  <StateWord state="confirmed" />
                ) : over ? (
                  <StateWord state="no_answer" word={late ? 'Too late' : 'No answer'} />
                ) : (
                  <StateWord state="pending" word="Asked" />
                )}
              </Td>
              <Td num>{ms === null ? '' : sayMs(ms)}</Td>
              <Td quiet>{ms === null ? '' : ms <= drill.targetMs && !late ? 'yes' : 'no'}</Td>
            </tr>
          ))}
        </tbody>
      </Table>
      {all > listed.length && (
        <AgentPages
          label="Agents of this drill, by pages"
          page={paths.drill(drill.id)}
          from={from}
          listed={listed.length}
          all={all}
        />
      )}
      {over && silent > 0 && (
        <p className="under">
          Whoever never answered would not be known to have stopped. Look whether it runs and holds the stream of halts
          (<code>GET /api/v1/halts/stream</code>), or retire it.
        </p>
      )}
      {drill.foreign.length > 0 && (
        <p className="under">
          Refused and recorded, from agents this drill was not for:{' '}
          {drill.foreign.map(({ slug, at }, n) => (
            <span key={slug}>
              {n > 0 && ', '}
              <Link href={paths.agent(slug)}>{slug}</Link> <Time at={at} show="clock" />
            </span>
          ))}
          .
        </p>
      )}
    </>
  )
}
