import { z } from 'zod'
import { STAKES } from '@/lib/decisions/stakes-order'
import { assertionField } from '@/lib/people/passkey-contract'

const from = z.enum(STAKES, 'Choose one.')

/** `POST /api/console/verdict-rules`; its challenge is asked with the same but the assertion. */
export const verdictRulesInput = z.strictObject({ passkeyFrom: from, reasonFrom: from, assertion: assertionField })
export type VerdictRulesInput = z.infer<typeof verdictRulesInput>
