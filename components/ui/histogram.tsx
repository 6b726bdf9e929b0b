import { classNames } from './class-names'

/** One bar: what was decided between two moments. */
export type Bucket = { from: string; words: string; allow: number; hold: number; forbid: number }
export type Series = 'allow' | 'hold' | 'forbid'

const FILL: Record<Series, string> = { allow: 'a', hold: 'h', forbid: 'f' }
const WORDS: Record<Series, string> = { allow: 'allowed', hold: 'held', forbid: 'forbidden' }

/**
 * Decisions over time, stacked. Drawn as SVG, because a bar's height as an inline style would need a hole in the content
 * security policy. The numbers are always there in words and as a table: a chart is never the only way to them.
 */
export function Histogram({
  buckets,
  series,
  ticks,
  axis,
  open,
  short,
  numbers = series,
  summary,
  words = WORDS,
}: {
  buckets: readonly Bucket[]
  /** Bottom first. Leave allow to a chart of its own where 99 to 1 would hide the 1. */
  series: readonly Series[]
  /** A few times under the bars. */
  ticks?: readonly string[]
  /** What the scale counts: "allow", "others". */
  axis: string
  /** `from` of the bucket that is looked at. */
  open?: string
  short?: boolean
  /** The series of the table beneath: those drawn, if not said. None where the table of a chart beside it carries them. */
  numbers?: readonly Series[]
  /** The finding in one sentence, for those who do not see the bars. */
  summary: string
  /** What the series are called where they are not decisions. */
  words?: Readonly<Record<Series, string>>
}) {
  const most = Math.max(1, ...buckets.map((bucket) => series.reduce((sum, name) => sum + bucket[name], 0)))
  return (
    <figure className="chart">
      <div className="ax" aria-hidden="true">
        <span>{most.toLocaleString('en')}</span>
        <span>{axis}</span>
      </div>
      <svg
        className={classNames('hist', short && 'short')}
        viewBox={`0 0 ${buckets.length * 10} 100`}
        preserveAspectRatio="none"
        role="img"
        aria-label={summary}
      >
        {buckets.map((bucket, at) => (
          <Bar
            key={bucket.from}
            bucket={bucket}
            series={series}
            x={at * 10}
            scale={100 / most}
            open={bucket.from === open}
            words={words}
          />
        ))}
      </svg>
      {ticks && (
        <div className="ticks" aria-hidden="true">
          {ticks.map((tick) => (
            <span key={tick}>{tick}</span>
          ))}
        </div>
      )}
      {numbers.length > 0 && (
        <details className="raw">
          <summary>As a table</summary>
          <NumbersTable buckets={buckets} series={numbers} words={words} />
        </details>
      )}
    </figure>
  )
}

function Bar({
  bucket,
  series,
  x,
  scale,
  open,
  words,
}: {
  bucket: Bucket
  series: readonly Series[]
  x: number
  scale: number
  open: boolean
  words: Readonly<Record<Series, string>>
}) {
  const heights = series.map((name) => ({ name, height: bucket[name] * scale }))
  return (
    <g>
      <title>{`${bucket.words}: ${series.map((name) => `${bucket[name].toLocaleString('en')} ${words[name]}`).join(', ')}`}</title>
      {open && <rect className="on" x={x} y={0} width={10} height={100} />}
      {heights.map(({ name, height }, at) => {
        const below = heights.slice(0, at).reduce((sum, part) => sum + part.height, 0)
        return (
          height > 0 && (
            <rect key={name} className={FILL[name]} x={x + 0.8} y={100 - below - height} width={8.4} height={height} />
          )
        )
      })}
    </g>
  )
}

function NumbersTable({
  buckets,
  series,
  words,
}: {
  buckets: readonly Bucket[]
  series: readonly Series[]
  words: Readonly<Record<Series, string>>
}) {
  return (
    <div className="tw">
      <table className="c28">
        <thead>
          <tr>
            <th scope="col">From</th>
            {series.map((name) => (
              <th scope="col" className="num" key={name}>
                {words[name]}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {buckets.map((bucket) => (
            <tr key={bucket.from}>
              <th scope="row">{bucket.words}</th>
              {series.map((name) => (
                <td className="num" key={name}>
                  {bucket[name].toLocaleString('en')}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

/** What the colours of a chart mean, in words. */
export function ChartKeys({ keys }: { keys: readonly (readonly [series: Series, words: string])[] }) {
  return (
    <span className="keys">
      {keys.map(([series, words]) => (
        <span className={`key k-${FILL[series]}`} key={series}>
          {words}
        </span>
      ))}
    </span>
  )
}
