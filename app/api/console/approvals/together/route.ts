import { togetherInput } from '@/lib/approvals/contract'
import { paths } from '@/lib/core/paths'
import { answerTogether } from '@/lib/decisions/answer-together'
import { handle } from '@/lib/http/handle'

/** One verdict on several requests that are alike, each answered by itself. */
export const POST = handle(
  { permission: 'approval.decide', input: togetherInput, transaction: false },
  ({ db, actor, input: { alike, answer, reason, item }, now }) =>
    answerTogether(db, { actor, alike, answer, reason, items: item, now }),
  {
    then: (_, { input }) => paths.approvalsAlike(input.alike),
    say: ({ results }) => {
      const refused = results.flatMap((one) => (one.ok ? [] : [one.detail]))
      return {
        text: [
          `${String(results.length - refused.length)} of ${String(results.length)} recorded.`,
          ...new Set(refused),
        ].join(' '),
      }
    },
  },
)
