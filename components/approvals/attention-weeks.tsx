import type { AttentionView } from '@/lib/decisions/read-attention'
import { type Bucket, ChartKeys, Histogram } from '../ui/histogram'
import { shareWords } from './attention-gates'

const WORDS = { allow: 'approved', hold: 'expired', forbid: 'rejected' } as const

/** How questions ended, week by week, with the sums in words. */
export function AttentionWeeks({ weeks, ends }: Pick<AttentionView, 'weeks' | 'ends'>) {
  const buckets: Bucket[] = weeks.map(({ from, approved, rejected, expired }) => ({
    from,
    words: `week of ${from}`,
    allow: approved,
    hold: expired,
    forbid: rejected,
  }))
  const { asked, approved, rejected, expired, other } = ends
  const says = `${asked.toLocaleString('en')} questions ended: ${approved.toLocaleString('en')} approved, ${rejected.toLocaleString('en')} rejected, ${expired.toLocaleString('en')} expired unanswered${other > 0 ? `, ${other.toLocaleString('en')} withdrawn or superseded` : ''}.`
  return (
    <>
      <p>
        {says} Of those answered, {shareWords(approved, approved + rejected)} were approved.
      </p>
      <Histogram
        buckets={buckets}
        series={['allow', 'hold', 'forbid']}
        axis="a week"
        ticks={[weeks[0]?.from ?? '', weeks.at(-1)?.from ?? '']}
        short
        summary={says}
        words={WORDS}
      />
      <ChartKeys
        keys={[
          ['allow', 'approved'],
          ['hold', 'expired'],
          ['forbid', 'rejected'],
        ]}
      />
    </>
  )
}
