import { handle } from '@/lib/http/handle'
import { purposeNeeded } from '@/lib/ledger/purpose-needed'
import { reviewsQuery } from '@/lib/reviews/contract'
import { listReviews, type ReviewList } from '@/lib/reviews/read'

/** What agents changed by themselves and somebody has to look at, or looked at. An owner without a role gets that of their own agents. */
export const GET = handle(
  { permission: 'console.read', input: reviewsQuery },
  ({ db, actor, input, now }): Promise<ReviewList> =>
    listReviews(db, actor, input, (ids) => purposeNeeded(db, actor, ids), now),
)
