import Link from 'next/link'
import type { Histogram } from '@/lib/audit/search'
import { auditPath, type Address } from '@/lib/audit/view-address'
import { barWords, PARTS, toBars, totalWords } from './bars'
import { OutcomeBars } from './outcome-bars'

/** How many entries the view has and how they lie in time: in words, then as bars or as a table, whichever the address says. */
export function BarsView({
  found,
  within,
  address,
  open,
  zone,
  now,
}: {
  found: Histogram
  /** the range in words */
  within: string
  address: Address
  /** when the open entry was recorded, ISO 8601 */
  open: string | null
  zone: string
  now: Date
}) {
  const bars = toBars(found.buckets, found.to)
  const [count = '', ...parts] = totalWords(bars, found.exact).split(': ')
  const { table } = address
  return (
    <section aria-label="Over time">
      <div className="sumr">
        <p role="status">
          <b>{count}</b> <span className="t2">in {within.startsWith('last') ? `the ${within}` : within}</span>
          {parts.length > 0 && <span className="t3">: {parts.join(': ')}</span>}
          {!found.exact && <span className="t3">. Counted from a part of them.</span>}
        </p>
        <span className="keys">
          {PARTS.map(({ part, says }) => (
            <span className={`key k-${part}`} key={part}>
              {says}
            </span>
          ))}
          <Link href={auditPath({ ...address, table: !table })} scroll={false}>
            {table ? 'As bars' : 'As a table'}
          </Link>
        </span>
      </div>
      {table ? (
        <BarsTable bars={bars} zone={zone} now={now} address={address} />
      ) : (
        <OutcomeBars bars={bars} address={address} open={open} now={now.toISOString()} key={bars[0]?.from} />
      )}
    </section>
  )
}

function BarsTable({
  bars,
  zone,
  now,
  address,
}: {
  bars: ReturnType<typeof toBars>
  zone: string
  now: Date
  address: Address
}) {
  return (
    // A region that scrolls has to be reachable by keyboard.
    <div className="tw barst" role="region" aria-label="Entries over time" tabIndex={0}>
      <table className="c28">
        <thead>
          <tr>
            <th scope="col">Stretch</th>
            {PARTS.map(({ part, says }) => (
              <th scope="col" className="num" key={part}>
                {says}
              </th>
            ))}
            <th scope="col" className="num">
              all
            </th>
          </tr>
        </thead>
        <tbody>
          {bars.map((bar) => (
            <tr key={bar.from}>
              <th scope="row">
                <Link
                  className="q"
                  href={auditPath({
                    ...address,
                    before: null,
                    after: null,
                    span: { from: new Date(bar.from), to: new Date(bar.to) },
                  })}
                >
                  {barWords(bar, zone, now)}
                </Link>
              </th>
              {PARTS.map(({ part }) => (
                <td className="num" key={part}>
                  {bar.parts[part].toLocaleString('en')}
                </td>
              ))}
              <td className="num">{bar.total.toLocaleString('en')}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
