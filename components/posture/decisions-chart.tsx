import Link from 'next/link'
import { auditPath } from '@/lib/audit/view-address'
import type { Hour } from '@/lib/evidence/posture'
import { type Bucket, Histogram } from '../ui/histogram'
import { StateWord } from '../ui/state-word'
import { sayMinute } from '../ui/time-words'

/**
 * The decisions of a day by hour. Allows stand apart from holds and forbids, each on a labelled scale, because ninety-nine
 * to one would hide the one.
 */
export function DecisionsChart({ hours }: { hours: readonly Hour[] }) {
  const total = (name: 'allow' | 'hold' | 'forbid') => hours.reduce((sum, hour) => sum + hour[name], 0)
  const [allow, hold, forbid] = [total('allow'), total('hold'), total('forbid')]
  const all = allow + hold + forbid
  const buckets: Bucket[] = hours.map((hour) => ({ ...hour, words: sayMinute(new Date(hour.from)) }))
  const ticks = [0, 6, 12, 18, 23].map((at) => buckets[at]?.words ?? '')
  const worst = hours.reduce((most, hour) => (hour.forbid > most.forbid ? hour : most), { forbid: 0, from: '' })
  return (
    <>
      <div className="dec">
        <div>
          <Histogram
            buckets={buckets}
            series={['allow']}
            axis="allow"
            numbers={[]}
            short
            summary={`Allowed by hour: ${allow.toLocaleString('en')} in 24 hours.`}
          />
          <Histogram
            buckets={buckets}
            series={['hold', 'forbid']}
            axis="others"
            ticks={ticks}
            numbers={['allow', 'hold', 'forbid']}
            short
            summary={`Held and forbidden by hour: ${hold.toLocaleString('en')} held, ${forbid.toLocaleString('en')} forbidden in 24 hours.`}
          />
        </div>
        <table>
          <caption className="vh">Decisions in 24 hours</caption>
          <tbody>
            {(
              [
                ['allow', allow],
                ['hold', hold],
                ['forbid', forbid],
              ] as const
            ).map(([name, count]) => (
              <tr key={name}>
                <th scope="row">
                  <Link
                    className="q"
                    href={auditPath({ q: `kind:action.decided outcome:${name}`, span: { last: '24h' } })}
                  >
                    <StateWord state={name} />
                  </Link>
                </th>
                <td className="num">{count.toLocaleString('en')}</td>
                <td className="num t3">{share(count, all)}</td>
              </tr>
            ))}
          </tbody>
          <tfoot>
            <tr>
              <th scope="row">Decided</th>
              <td className="num">{all.toLocaleString('en')}</td>
              <td />
            </tr>
          </tfoot>
        </table>
      </div>
      <p className="under">
        Two scales, each labelled.
        {worst.forbid > 0 &&
          ` ${worst.forbid === 1 ? 'One was' : `${worst.forbid.toLocaleString('en')} were`} forbidden in the hour from ${sayMinute(new Date(worst.from))} UTC, the most.`}
      </p>
    </>
  )
}

function share(count: number, all: number): string {
  return all === 0 ? '' : `${((100 * count) / all).toFixed(1)} %`
}
