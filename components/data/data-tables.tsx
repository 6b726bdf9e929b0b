import Link from 'next/link'
import type { StoredData } from '@/lib/audit/read-data'
import { paths } from '@/lib/core/paths'
import { PAYLOAD_CLASS_SAYS } from '@/lib/ledger/payload-class'
import { Table, Td, Th } from '../table/table'
import { Button } from '../ui/button'
import { Empty } from '../ui/empty'
import { Time } from '../ui/time'

const KINDS = { tool: 'tools', resource_type: 'type of resource', agent: 'agent' } as const
const mebibytes = (bytes: number) => `${(bytes / 1_048_576).toFixed(1)} MiB`

/** Payloads by month, with what lists show of them. */
export function MonthTable({ rows }: { rows: StoredData['months'] }) {
  return (
    <Table label="Payloads by month">
      <thead>
        <tr>
          <Th>Month</Th>
          <Th num>About this many</Th>
          <Th num>On disk</Th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ month, bytes, rows: many }) => (
          <tr key={month}>
            <th scope="row">{month}</th>
            <Td num>{many.toLocaleString('en')}</Td>
            <Td num>{mebibytes(bytes)}</Td>
          </tr>
        ))}
      </tbody>
    </Table>
  )
}

/** How long each class is kept. */
export function ClassTable({ rows }: { rows: StoredData['classes'] }) {
  return (
    <Table label="Retention by class">
      <thead>
        <tr>
          <Th>Class</Th>
          <Th>What it holds</Th>
          <Th>Kept</Th>
          <Th>Gone before</Th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ name, days, appliedUntil }) => (
          <tr key={name}>
            <th scope="row">{PAYLOAD_CLASS_SAYS[name].name}</th>
            <Td quiet>{PAYLOAD_CLASS_SAYS[name].says}</Td>
            <Td>{days === null ? 'for good' : `${days.toLocaleString('en')} days`}</Td>
            <Td quiet>{appliedUntil === null ? 'nothing' : <Time at={appliedUntil} show="full" />}</Td>
          </tr>
        ))}
      </tbody>
    </Table>
  )
}

/** What is marked sensitive. */
export function MarkTable({ rows, edits }: { rows: StoredData['marks']; edits: boolean }) {
  if (rows.length === 0)
    return (
      <Empty kind="never" title="Nothing is marked">
        Whoever may read the record reads every payload without saying why.
      </Empty>
    )
  return (
    <Table label="Marked sensitive">
      <thead>
        <tr>
          <Th>Name</Th>
          <Th>What</Th>
          {edits && <Th>Change</Th>}
        </tr>
      </thead>
      <tbody>
        {rows.map(({ kind, value, shown }) => (
          <tr key={`${kind} ${value}`}>
            <th scope="row" className="mono">
              {shown}
            </th>
            <Td>{KINDS[kind]}</Td>
            {edits && (
              <Td>
                <form method="post" action="/api/console/marks">
                  <input type="hidden" name="kind" value={kind} />
                  <input type="hidden" name="value" value={value} />
                  <input type="hidden" name="remove" value="yes" />
                  <Button type="submit" size="sm">
                    Take the mark away
                  </Button>
                </form>
              </Td>
            )}
          </tr>
        ))}
      </tbody>
    </Table>
  )
}

/** The last erasures; each is an entry that names nobody. */
export function ErasureTable({ rows }: { rows: StoredData['erasures'] }) {
  if (rows.length === 0)
    return (
      <Empty kind="never" title="Nothing was erased">
        Each erasure is listed here with its entry.
      </Empty>
    )
  return (
    <Table label="Erasures">
      <thead>
        <tr>
          <Th>When</Th>
          <Th>By</Th>
          <Th>What</Th>
          <Th num>Payloads</Th>
          <Th num>Entry</Th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ at, by, payloads, index, one }) => (
          <tr key={`${at} ${String(index)}`}>
            <Td>
              <Time at={at} show="full" />
            </Td>
            <Td>{by}</Td>
            <Td>{one ? 'one payload' : 'a person'}</Td>
            <Td num>{payloads.toLocaleString('en')}</Td>
            <Td num>{index === null ? 'soon' : <Link href={paths.entry(index)}>#{index}</Link>}</Td>
          </tr>
        ))}
      </tbody>
    </Table>
  )
}
