import type { FiringsView } from '@/lib/resources/read'
import { HostileText } from '../ui/hostile-text'
import { Time } from '../ui/time'

/** When it fired: thirty days as bars, the last ones in words. */
export function Firings({ firings }: { firings: FiringsView }) {
  const { days, last } = firings
  const total = days.reduce((sum, { count }) => sum + count, 0)
  const most = Math.max(1, ...days.map(({ count }) => count))
  return (
    <>
      <svg
        className="bars30"
        viewBox={`0 0 ${days.length * 10} 100`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`It fired ${total.toLocaleString('en')} times in the last ${days.length} days.`}
      >
        {days.map(({ day, count }, at) => (
          <rect key={day} x={at * 10 + 1} width={8} y={100 - (count / most) * 100} height={(count / most) * 100} />
        ))}
      </svg>
      <p className="s12 t3">
        {total.toLocaleString('en')} in {days.length} days, {days[0]?.day} to {days.at(-1)?.day} UTC
      </p>
      <ul className="rows s12">
        {last.slice(0, 8).map((firing) => (
          <li key={firing.entry}>
            <span>
              <Time at={firing.at} show="moment" />
              {firing.count > 1 && ` · ${firing.count.toLocaleString('en')} times`}
              {firing.summary !== null && (
                <>
                  {' · '}
                  <HostileText text={firing.summary} max={160} />
                </>
              )}
            </span>
          </li>
        ))}
      </ul>
    </>
  )
}
