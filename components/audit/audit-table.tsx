import { ShieldAlert } from 'lucide-react'
import Link from 'next/link'
import { Fragment, type ReactNode } from 'react'
import type { AuditRow } from '@/lib/audit/row'
import type { Field } from '@/lib/audit/term'
import { auditPath, type Address } from '@/lib/audit/view-address'
import { paths } from '@/lib/core/paths'
import { DayRow, Table, Th } from '../table/table'
import { classNames } from '../ui/class-names'
import { HostileText } from '../ui/hostile-text'
import { Icon } from '../ui/icon'
import { StateWord } from '../ui/state-word'
import { Time } from '../ui/time'
import { sameDay, sayWeekday } from '../ui/time-words'
import { kindIcon, KIND_WORDS, OUTCOME_STATES, OUTCOME_WORDS } from './entry-words'

/** Entries, newest first, 28 px a row; a row that begins another day says which. Each opens beside the list. */
export function AuditTable({
  rows,
  address,
  zone,
  now,
}: {
  rows: readonly AuditRow[]
  address: Address
  zone: string
  now: Date
}) {
  const narrow = address.entry !== null
  const cols = narrow
    ? ['74px', '108px', '112px', '120px', null]
    : ['74px', '150px', '124px', '150px', null, '112px', '62px']
  return (
    <Table label="Entries, newest first" density={28} sticky cols={cols}>
      <thead>
        <tr>
          <Th sort="descending">Time</Th>
          <Th>What</Th>
          <Th>Agent</Th>
          <Th>Tool</Th>
          <Th>On, or by whom</Th>
          {!narrow && <Th>Reason</Th>}
          {!narrow && <Th num>Entry</Th>}
        </tr>
      </thead>
      <tbody>
        {rows.map((row, at) => (
          <Fragment key={row.id}>
            {beginsDay(rows[at - 1], row, now, zone) && (
              <DayRow columns={cols.length}>{sayWeekday(new Date(row.at), now, zone)}</DayRow>
            )}
            <tr className={row.id === address.entry ? 'sel' : undefined}>
              <td className="t2">
                <Time at={row.at} show="clock" />
              </td>
              <th scope="row">
                <Link
                  className="q"
                  data-row={row.id}
                  href={auditPath({ ...address, entry: row.id })}
                  aria-current={row.id === address.entry ? 'true' : undefined}
                  title={row.kind ? KIND_WORDS[row.kind] : undefined}
                  scroll={false}
                  prefetch={false}
                >
                  <What row={row} />
                </Link>
              </th>
              <Cell field="agent" value={row.agent}>
                {row.agent}
              </Cell>
              <Cell field="action" value={row.tool} mono>
                {row.tool && <HostileText text={row.tool} max={100} />}
              </Cell>
              <About row={row} />
              {!narrow && (
                <Cell field="reason" value={row.reason} quiet>
                  {row.reason?.replaceAll('_', ' ')}
                </Cell>
              )}
              {!narrow && (
                <td className="num t2">
                  {row.index === null ? (
                    <span title="It has no place in the log yet.">—</span>
                  ) : (
                    <Link href={paths.entry(row.index)} aria-label={`Entry ${row.index}`} prefetch={false}>
                      #{row.index}
                    </Link>
                  )}
                </td>
              )}
            </tr>
          </Fragment>
        ))}
      </tbody>
    </Table>
  )
}

/** A cell that can be filtered for and out: `RowKeys` reads what it holds from its data, which is never shown from there. */
function Cell({
  field,
  value,
  mono,
  quiet,
  children,
}: {
  field: Field
  value: string | null
  mono?: boolean
  quiet?: boolean
  children?: ReactNode
}) {
  return (
    <td
      className={classNames(mono && 'mono', quiet && 't2') || undefined}
      {...(value && { 'data-field': field, 'data-value': value })}
    >
      {children}
    </td>
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
  if (row.outcome !== null) return <StateWord state={OUTCOME_STATES[row.outcome]} word={OUTCOME_WORDS[row.kind]} />
  return (
    <span className="st quiet">
      <Icon of={kindIcon(row.kind)} />
      {KIND_WORDS[row.kind]}
    </span>
  )
}

function About({ row }: { row: AuditRow }) {
  const { resource, actor, labels } = row
  if (resource)
    return (
      <Cell field="resource" value={resource.type ? `${resource.type}/${resource.id}` : resource.id} quiet>
        {resource.type && <HostileText text={resource.type} max={40} />} <HostileText text={resource.id} max={80} />
      </Cell>
    )
  if (actor.kind === 'person')
    return (
      <Cell field="by" value={actor.name} quiet>
        {actor.name}
      </Cell>
    )
  return (
    <Cell field="label" value={labels[0] ?? null} quiet>
      {labels.join(', ').replaceAll('_', ' ')}
    </Cell>
  )
}

function beginsDay(before: AuditRow | undefined, row: AuditRow, now: Date, zone: string): boolean {
  return !sameDay(before ? new Date(before.at) : now, new Date(row.at), zone)
}
