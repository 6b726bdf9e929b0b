import { z } from 'zod'

/** `POST /api/console/alerts/{id}/acknowledgement`. */
export const acknowledgeInput = z.strictObject({
  /** what was found; kept in the payload */
  note: z.string().trim().max(2_000).default(''),
})

/** `GET /api/console/alerts` and the page's query. */
export const alertsQuery = z.strictObject({
  show: z.enum(['open', 'all']).default('open'),
  before: z.string().max(100).optional(),
})
export type AlertsQuery = z.infer<typeof alertsQuery>
