'use client'

import type { RequestDetail } from '@/lib/decisions/request'
import { useNow } from '../ui/clock'
import { Time } from '../ui/time'

const MINUTE = 60_000

/**
 * The time left. On screen it counts down; a screen reader is told only when ten minutes, two minutes and nothing are
 * left, because a clock that speaks every few seconds hides everything else.
 */
export function Deadline({ request }: { request: RequestDetail }) {
  const now = useNow()
  if (request.status !== 'pending' || request.frozen) return null
  const left = now ? Date.parse(request.expiresAt) - now.getTime() : undefined
  return (
    <span className="looking">
      <Time at={request.expiresAt} show="left" /> left
      <span className="vh" role="status">
        {left === undefined ? '' : spoken(left)}
      </span>
    </span>
  )
}

function spoken(left: number): string {
  if (left <= 0) return 'Its time is over.'
  if (left <= 2 * MINUTE) return 'Less than two minutes are left.'
  if (left <= 10 * MINUTE) return 'Less than ten minutes are left.'
  return ''
}
