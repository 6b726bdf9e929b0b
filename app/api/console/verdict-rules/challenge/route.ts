import { verdictRulesInput } from '@/lib/decisions/contract-verdicts'
import { beginToGovern } from '@/lib/decisions/govern-verdicts'
import { handle } from '@/lib/http/handle'

/** What a passkey is asked to sign when a ciso changes what verdicts take. */
export const POST = handle(
  { permission: 'verdicts.govern', input: verdictRulesInput, transaction: false },
  ({ db, actor, input: { passkeyFrom, reasonFrom }, now }) =>
    beginToGovern(db, actor, { passkeyFrom, reasonFrom }, now),
)
