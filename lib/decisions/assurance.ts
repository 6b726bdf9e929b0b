import { strictestPasskey, type PasskeyFor } from '@/lib/approvals/assurance'
import type { SeatRule } from '@/lib/approvals/seat'
import { atLeast } from './stakes'
import type { Stakes } from './stakes-order'

/**
 * From which stakes on an approval takes a passkey, and a reason: the organisation's choice, which lies with the gate. Until a ciso has
 * chosen (`chosen`), a passkey is asked for only as soon as signatures need one (ADR 0019).
 */
export type VerdictRules = { passkeyFrom: Stakes; reasonFrom: Stakes; chosen: boolean }

/**
 * What answering a held action takes beyond a session (ADR 0033), to be written into its approval when it is opened: what is asked
 * later, more or less, does not change what waits. What is at stake asks for a passkey to approve with, never to reject.
 * @param told what the rules that hold it say of a passkey
 */
export function assuranceOf(
  rules: VerdictRules,
  stakes: Stakes,
  told: PasskeyFor | undefined,
): Pick<SeatRule, 'passkey' | 'reason'> {
  const passkey = strictestPasskey(
    atLeast(stakes, rules.passkeyFrom) ? (rules.chosen ? 'approve' : 'registered') : undefined,
    told,
  )
  return {
    ...(passkey !== undefined && { passkey }),
    ...(atLeast(stakes, rules.reasonFrom) && { reason: true as const }),
  }
}
