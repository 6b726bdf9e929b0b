import { z } from 'zod'
import { FINDINGS, MOST_REVIEW_DAYS } from './review'

/** `POST /api/console/reviews/{id}/closing`. What is a problem says what it is. */
export const closingInput = z
  .strictObject({ finding: z.enum(FINDINGS, 'Choose one of the two.'), note: z.string().trim().max(2_000).default('') })
  .refine(({ finding, note }) => finding !== 'problem' || note !== '', {
    path: ['note'],
    message: 'Say what is wrong.',
  })
export type ClosingInput = z.infer<typeof closingInput>

/** `GET /api/console/reviews` and the page's query: `before` is the cursor of the next page. */
export const reviewsQuery = z.strictObject({
  show: z.enum(['open', 'closed']).default('open'),
  agent: z.string().max(100).optional(),
  before: z.string().max(100).optional(),
})
export type ReviewsQuery = z.infer<typeof reviewsQuery>

/** `POST /api/console/scrutiny/review-days`: after how many days a review is overdue. */
export const reviewDaysInput = z.strictObject({
  days: z.coerce
    .number('Say how many days, 1 to 90.')
    .int('Whole days.')
    .min(1, 'At least one day.')
    .max(MOST_REVIEW_DAYS, `At most ${MOST_REVIEW_DAYS} days.`),
})
