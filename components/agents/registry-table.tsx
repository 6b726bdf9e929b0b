import Link from 'next/link'
import type { AgentQuery } from '@/lib/agents/contract'
import type { Standing } from '@/lib/agents/grade'
import { containedBy, type RegistryRow } from '@/lib/boundary/registry-rows'
import { afterDay, REMIND_DAYS, stageOf } from '@/lib/boundary/terms'
import { publicId } from '@/lib/core/ids'
import { paths } from '@/lib/core/paths'
import { RowLink, Table, Td, Th } from '../table/table'
import { StateWord } from '../ui/state-word'
import { Time } from '../ui/time'
import { sayDay } from '../ui/time-words'
import { GradeWord } from './grade'
import { registryUrl } from './registry-url'
import { AgentStateWord } from './state'

export type HaltedSet = ReadonlySet<string>

const HEADS: readonly { sort: AgentQuery['sort']; words: string; num?: boolean }[] = [
  { sort: 'slug', words: 'Agent' },
  { sort: 'state', words: 'State' },
  { sort: 'owner', words: 'Answers for it' },
  { sort: 'environment', words: 'Environment' },
  { sort: 'boundary', words: 'Boundary' },
  { sort: 'last', words: 'Last decision' },
  { sort: 'waiting', words: 'Waiting', num: true },
  { sort: 'review', words: 'Review' },
]

/** The registry: one row an agent, sorted by its heads, each a link. */
export function RegistryTable({
  rows,
  query,
  halted,
  standings,
  today,
  now,
}: {
  rows: readonly RegistryRow[]
  query: AgentQuery
  halted: HaltedSet
  /** how well a halt would hold each, by bare id */ standings: ReadonlyMap<string, Standing>
  today: string
  now: number
}) {
  return (
    <Table label="Agents" sticky>
      <thead>
        <tr>
          {HEADS.map(({ sort, words, num }) => (
            <Th
              key={sort}
              num={num}
              sort={query.sort === sort ? (query.desc ? 'descending' : 'ascending') : undefined}
              sortHref={registryUrl(query, { sort, desc: query.sort === sort ? !query.desc : false })}
            >
              {words}
            </Th>
          ))}
          <Th>If halted</Th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.id}>
            <RowLink href={paths.agent(row.slug)} aside={row.team}>
              {row.slug}
            </RowLink>
            <Td>
              <AgentStateWord state={row.state} halted={halted.has(row.id)} contained={containedBy(row, today, now)} />
            </Td>
            <Td>
              {row.owner.active ? (
                <Link className="q" href={paths.person(publicId('person', row.owner.id))}>
                  {row.owner.name}
                </Link>
              ) : (
                <StateWord state="orphaned" word={`Nobody, was ${row.owner.name}`} />
              )}
            </Td>
            <Td quiet>{row.environment}</Td>
            <Td>
              <BoundaryCell row={row} now={now} />
            </Td>
            <Td>
              <LastCell row={row} />
            </Td>
            <Td num>
              {row.waiting > 0 ? (
                <Link href={paths.approvals('all')}>{row.waiting}</Link>
              ) : (
                <span className="t3">0</span>
              )}
            </Td>
            <Td quiet>
              {row.reviewDate < today ? (
                <StateWord state="lapsed" word={`was due ${sayDay(new Date(row.reviewDate), new Date(today))}`} />
              ) : (
                <span
                  className={stageOf(afterDay(row.reviewDate), now, REMIND_DAYS).name === 'far' ? undefined : 'holdc'}
                >
                  <Time at={row.reviewDate} show="day" />
                </span>
              )}
            </Td>
            <Td>
              <GradeWord grade={standings.get(row.id)?.grade ?? null} />
            </Td>
          </tr>
        ))}
      </tbody>
    </Table>
  )
}

function BoundaryCell({ row, now }: { row: RegistryRow; now: number }) {
  const waits =
    row.draft === null ? null : (
      <>
        {' '}
        <Link href={paths.boundary(row.slug, row.draft)}>v{row.draft} waits</Link>
      </>
    )
  if (row.boundary === null)
    return (
      <>
        <StateWord state="unsigned" word="None" />
        {waits}
      </>
    )
  const { version, lapsesAt } = row.boundary
  return (
    <>
      <Link className="q" href={paths.boundary(row.slug, version)}>
        v{version}
      </Link>{' '}
      <span className={stageOf(lapsesAt, now, REMIND_DAYS).name === 'far' ? 't3' : 'holdc'}>
        {lapsesAt <= now ? 'lapsed' : 'until'} <Time at={lapsesAt} show="day" />
      </span>
      {waits}
    </>
  )
}

const OUTCOMES = { allow: 'allow', hold: 'hold', forbid: 'forbid' } as const

function LastCell({ row }: { row: RegistryRow }) {
  if (row.last === null) return <span className="t3">never asked</span>
  const { outcome, id, at } = row.last
  return (
    <Link className="q" href={paths.action(publicId('action', id))}>
      {outcome in OUTCOMES ? <StateWord state={OUTCOMES[outcome as keyof typeof OUTCOMES]} /> : outcome}{' '}
      <span className="t3">
        <Time at={at} show="relative" />
      </span>
    </Link>
  )
}
