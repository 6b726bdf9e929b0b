import { ShieldAlert } from 'lucide-react'
import Link from 'next/link'
import { Fragment, type ReactNode } from 'react'
import { paths } from '@/lib/core/paths'
import type { AuditRow } from '@/lib/audit/row'
import { DayRow, Table, Td, Th } from '../table/table'
import { HostileText } from '../ui/hostile-text'
import { Icon } from '../ui/icon'
import { StateWord } from '../ui/state-word'
import { Time } from '../ui/time'
import { sayWeekday } from '../ui/time-words'
import { kindIcon, KIND_WORDS, OUTCOME_STATES, OUTCOME_WORDS } from './entry-words'

const COLUMNS = 7

/** Entries, newest first, 28 px a row; a row that begins another day says which. Each leads to its story, or to itself. */
export function AuditTable({ rows, now }: { rows: readonly AuditRow[]; now: Date }) {
  return (
    <Table
      label="Entries, newest first"
      density={28}
      sticky
      cols={['70px', '164px', '124px', '150px', null, '112px', '56px']}
    >
      <thead>
        <tr>
          <Th sort="descending">Time</Th>
          <Th>What</Th>
          <Th>Agent</Th>
          <Th>Tool</Th>
          <Th>On, or by whom</Th>
          <Th>Reason</Th>
          <Th num>Entry</Th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row, at) => (
          <Fragment key={row.id}>
            {beginsDay(rows[at - 1], row, now) && (
              <DayRow columns={COLUMNS}>{sayWeekday(new Date(row.at), now)}</DayRow>
            )}
            <tr>
              <Td quiet>
                <Time at={row.at} show="clock" />
              </Td>
              <th scope="row">
                <What row={row} />
              </th>
              <Td>
                {row.agent && (
                  <Link className="q" href={paths.agent(row.agent)}>
                    {row.agent}
                  </Link>
                )}
              </Td>
              <Td mono>{row.tool && <HostileText text={row.tool} max={100} />}</Td>
              <Td quiet>
                <About row={row} />
              </Td>
              <Td quiet>{row.reason?.replaceAll('_', ' ')}</Td>
              <Td num quiet>
                {row.index === null ? (
                  <span title="It has no place in the log yet.">—</span>
                ) : (
                  <Link href={paths.entry(row.index)} aria-label={`Entry ${row.index}`}>
                    #{row.index}
                  </Link>
                )}
              </Td>
            </tr>
          </Fragment>
        ))}
      </tbody>
    </Table>
  )
}

function What({ row }: { row: AuditRow }) {
  if (row.kind === null)
    return (
      <span className="st forbid">
        <Icon of={ShieldAlert} />
        Not an entry
      </span>
    )
  const words: ReactNode =
    row.outcome !== null ? (
      <StateWord state={OUTCOME_STATES[row.outcome]} word={OUTCOME_WORDS[row.kind]} />
    ) : (
      <span className="st quiet">
        <Icon of={kindIcon(row.kind)} />
        {KIND_WORDS[row.kind]}
      </span>
    )
  const href = row.action ? paths.action(row.action) : row.index === null ? undefined : paths.entry(row.index)
  return href ? (
    <Link className="q" href={href} title={KIND_WORDS[row.kind]}>
      {words}
    </Link>
  ) : (
    words
  )
}

function About({ row }: { row: AuditRow }) {
  if (row.resource)
    return (
      <>
        {row.resource.type && <HostileText text={row.resource.type} max={40} />}{' '}
        <HostileText text={row.resource.id} max={80} />
      </>
    )
  if (row.actor.kind === 'person') return <Link href={paths.person(row.actor.id)}>{row.actor.name}</Link>
  return row.labels.length > 0 ? row.labels.join(', ').replaceAll('_', ' ') : null
}

function beginsDay(before: AuditRow | undefined, row: AuditRow, now: Date): boolean {
  const day = (at: string) => at.slice(0, 10)
  return day(before?.at ?? now.toISOString()) !== day(row.at)
}
