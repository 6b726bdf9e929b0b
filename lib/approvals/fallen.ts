import { wordsAs } from '@/lib/people/delegation'
import { type Askable, wordsFor } from '@/lib/people/words-for'
import type { Given, SeatRule } from './seat'

/** Why an approval given before counts no more, in words for the page of what it was about. */
export const FALLEN = {
  deactivated: 'the account was deactivated since',
  role: 'the role, team or name that was asked for is no longer theirs',
} as const
export type Fallen = keyof typeof FALLEN

/** What is known of somebody who answered, as of now. */
export type Answered = Pick<Askable, 'email' | 'roles' | 'team'> & { active: boolean }

/**
 * Why an approval no longer fills its seat: whoever gave it, or whom they stood in for, was thrown out, or is no longer whom the seat asks. The
 * end of a shift, of an absence, or of owning the agent takes nothing back: whoever answered was the right one then. A rejection always stands.
 * @param rule as it stands now (`ruleAt`)
 * @param who null where there is no such person
 * @param absent whom they stood in for; undefined where they answered in their own right
 */
export function fallenSince(
  rule: SeatRule,
  given: Pick<Given, 'answer' | 'seat'>,
  who: Answered | null,
  absent?: Answered | null,
): Fallen | null {
  if (given.answer !== 'approve') return null
  if (who?.active !== true || (absent !== undefined && absent?.active !== true)) return 'deactivated'
  if (wordsFor({ ...who, onCall: true }).length === 0) return 'role'
  const words = absent ? wordsAs(absent) : [...wordsFor({ ...who, onCall: true }), 'owner']
  const asked = rule.asked ?? [[...rule.roles, ...(rule.onCall ? ['on_call'] : [])]]
  const seats = typeof given.seat === 'number' ? [asked[given.seat] ?? []] : asked
  return seats.some((seat) => seat.some((word) => words.includes(word))) ? null : 'role'
}
