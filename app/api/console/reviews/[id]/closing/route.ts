import { z } from 'zod'
import { fault } from '@/lib/core/fault'
import { parsePublicId } from '@/lib/core/ids'
import { paths } from '@/lib/core/paths'
import { handle } from '@/lib/http/handle'
import { closeReview } from '@/lib/reviews/close'
import { closingInput } from '@/lib/reviews/contract'
import { nextReview, reviewSubject } from '@/lib/reviews/read'

/** Somebody looked at a change that an agent made by itself, and says what they found. A plain form is led on to the next one. */
export const POST = handle(
  {
    permission: 'review.close',
    input: closingInput,
    params: z.strictObject({ id: z.string() }),
    subject: async ({ db, params }) => {
      const subject = await reviewSubject(db, parsePublicId('action', params.id))
      if (subject === null) throw fault('not_found', { detail: 'No review is owed for this action.' })
      return subject
    },
  },
  async ({ db, actor, input, params }) => {
    await closeReview(db, actor, parsePublicId('action', params.id), input)
    return { closed: params.id, finding: input.finding, next: await nextReview(db, actor) }
  },
  {
    then: ({ next }) => (next === null ? paths.reviews() : paths.review(next)),
    say: ({ finding, next }) => ({
      text: `${finding === 'fine' ? 'Closed: it looked fine.' : 'Closed: a problem. An alert names the agent.'}${next === null ? ' Nothing else waits for you.' : ' This is the next one.'}`,
    }),
  },
)
