import { paths } from '@/lib/core/paths'
import { verdictRulesInput } from '@/lib/decisions/contract-verdicts'
import { governVerdicts } from '@/lib/decisions/govern-verdicts'
import { handle } from '@/lib/http/handle'

/** A ciso says from what is at stake an approval takes a passkey, and a reason. */
export const POST = handle(
  { permission: 'verdicts.govern', input: verdictRulesInput, transaction: false },
  ({ db, actor, input, now }) => governVerdicts(db, actor, input, now),
  {
    then: () => paths.passkeys(),
    say: () => ({ text: 'Saved, and recorded. It holds for what is asked from now on.' }),
  },
)
