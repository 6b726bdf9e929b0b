import { ChevronLeft, ChevronRight, Clock } from 'lucide-react'
import Link from 'next/link'
import type { Range } from '@/lib/audit/term'
import { auditPath, topOf, type Address } from '@/lib/audit/view-address'
import { beside, LASTS, type Last } from '@/lib/audit/view-range'
import { wallClock } from '@/lib/audit/view-zone'
import { paths } from '@/lib/core/paths'
import { Button } from '../ui/button'
import { Icon } from '../ui/icon'
import { sayZone } from '../ui/time-words'
import { rangeWords } from './range-words'

/** The stretch of time, apart from the filter and always bounded: presets, two ends that can be typed, and the stretch beside it. */
export function RangePicker({
  address,
  range,
  zone,
  now,
}: {
  address: Address
  range: Range
  zone: string
  now: Date
}) {
  const top = topOf(address)
  const [earlier, later] = [beside(range, 'previous', now), beside(range, 'next', now)]
  const { span } = address
  return (
    <div className="rng">
      {earlier && (
        <Link className="btn" href={auditPath({ ...top, span: earlier })} aria-label="The stretch before">
          <Icon of={ChevronLeft} />
        </Link>
      )}
      <details className="drop" name="audit-drop">
        <summary className="btn">
          <Icon of={Clock} />
          <span className="vh">Time: </span>
          {rangeWords(span, range, now, zone)}
        </summary>
        <div className="pop">
          <ul>
            {(Object.keys(LASTS) as Last[]).map((last) => (
              <li key={last}>
                <Link
                  href={auditPath({ ...top, span: { last } })}
                  aria-current={'last' in span && span.last === last ? 'true' : undefined}
                >
                  {LASTS[last].says}
                </Link>
              </li>
            ))}
          </ul>
          <form action={paths.audit()} key={`${range.from.getTime()} ${range.to.getTime()} ${zone}`}>
            <label htmlFor="range-from">From, {sayZone(range.from, zone)}</label>
            <input
              className="in"
              id="range-from"
              type="datetime-local"
              step={1}
              name="from"
              required
              defaultValue={wallClock(range.from, zone)}
            />
            <label htmlFor="range-to">To, {sayZone(range.to, zone)}</label>
            <input
              className="in"
              id="range-to"
              type="datetime-local"
              step={1}
              name="to"
              required
              defaultValue={wallClock(range.to, zone)}
            />
            {address.q !== '' && <input type="hidden" name="q" value={address.q} />}
            {address.tz && <input type="hidden" name="tz" value={address.tz} />}
            {address.table && <input type="hidden" name="view" value="table" />}
            <Button type="submit" size="sm">
              Show this stretch
            </Button>
          </form>
        </div>
      </details>
      {later && (
        <Link className="btn" href={auditPath({ ...top, span: later })} aria-label="The stretch after">
          <Icon of={ChevronRight} />
        </Link>
      )}
    </div>
  )
}
