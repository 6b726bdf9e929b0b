import { handle } from '@/lib/http/handle'
import { reviewDaysInput } from '@/lib/reviews/contract'
import { governReviewDays } from '@/lib/reviews/govern-days'

/** Says after how many days a review is overdue. */
export const POST = handle(
  { permission: 'scrutiny.edit', input: reviewDaysInput },
  async ({ db, actor, input }) => {
    await governReviewDays(db, actor, input.days)
    return { days: input.days }
  },
  { then: (_, { page }) => page, say: () => ({ text: 'Saved. It holds for the reviews that are open, too.' }) },
)
