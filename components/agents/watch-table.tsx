import Link from 'next/link'
import type { WatchingRow } from '@/lib/alerts/read-watch'
import { paths } from '@/lib/core/paths'
import { Table, Td, Th } from '../table/table'
import { Time } from '../ui/time'

/** What stops an agent by itself: each rule, how near it is now, and when it last came true. */
export function WatchTable({ rows }: { rows: readonly WatchingRow[] }) {
  return (
    <Table label="What stops it by itself">
      <thead>
        <tr>
          <Th>With</Th>
          <Th>Now</Th>
          <Th>Then</Th>
          <Th>Last came true</Th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ rule, says, now, of, follows, last }) => (
          <tr key={rule + follows}>
            <th scope="row">{says}</th>
            <Td>
              {now === null || of === null ? (
                <span className="t3">looked at one by one</span>
              ) : (
                <span className="limit-used">
                  <meter min={0} max={of} high={of * 0.8} value={now} aria-label={`${says}: ${now} of ${of}`} /> {now}{' '}
                  of {of}
                </span>
              )}
            </Td>
            <Td>
              {follows === 'halt' ? (
                <>
                  <b>it is halted</b>, until two people lift it
                </>
              ) : (
                'an alert is raised'
              )}
            </Td>
            <Td quiet>
              {last === null ? (
                <span className="t3">never</span>
              ) : (
                <>
                  <Link href={paths.alert(last.alert)}>
                    <Time at={last.at} />
                  </Link>
                  {last.halt !== null && (
                    <>
                      , <Link href={paths.haltOf(last.halt)}>its halt</Link>
                    </>
                  )}
                </>
              )}
            </Td>
          </tr>
        ))}
      </tbody>
    </Table>
  )
}
