import { paths } from '@/lib/core/paths'
import { idsOf, planInput } from '@/lib/decisions/attention-contract'
import { planTests } from '@/lib/decisions/plan-planted'
import { handle } from '@/lib/http/handle'

/** Says how many test requests come a month, of which kinds, for whom. */
export const POST = handle(
  { permission: 'attention.govern', input: planInput },
  async ({ db, actor, input: { perMonth, kinds, whom }, now }) => {
    await planTests(db, actor, { perMonth, flaws: kinds, ...idsOf(whom) }, now)
    return { perMonth }
  },
  {
    then: () => paths.attention(),
    say: ({ perMonth }) => ({
      text: perMonth === 0 ? 'No test requests are planned any more.' : 'Saved. They come when nobody can tell.',
    }),
  },
)
