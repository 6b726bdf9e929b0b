import { z } from 'zod'
import { DEFAULT_ATTENTION as now } from './attention'

const whole = (least: number, most: number, fallback: number) =>
  z.coerce
    .number('Give a number.')
    .int('Give a whole number.')
    .min(least, `At least ${String(least)}.`)
    .max(most, `At most ${most.toLocaleString('en')}.`)
    .default(fallback)

/** `POST /api/console/attention/setting`: from when on figures about approvals are a finding. Days, numbers of requests, per cent. */
export const attentionInput = z.strictObject({
  days: whole(7, 366, now.days),
  leastVerdicts: whole(5, 10_000, now.leastVerdicts),
  mostFast: whole(1, 99, now.mostFast),
  widenDays: whole(30, 366, now.widenDays),
  widenRequests: whole(20, 10_000, now.widenRequests),
})
