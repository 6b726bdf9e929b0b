import { type Askable, wordsFor } from './words-for'

/** The longest somebody may be stood in for, in milliseconds: an absence has an end, and longer ones are another role's. */
export const LONGEST_DELEGATION_MS = 90 * 86_400_000

/** Somebody who is away and named a delegate, as they are now: their words are read when the delegate answers, not when they were named. */
export type Absent = Pick<Askable, 'email' | 'roles' | 'team'> & { id: string; name: string }

/**
 * The words a delegate answers with: role, team and address of whom they stand in for. Being on call is handed over by a shift, and
 * owning an agent by another owner, so neither is among them; what others have delegated to that person is not, either (no chains).
 */
export function wordsAs({ email, roles, team }: Pick<Absent, 'email' | 'roles' | 'team'>): string[] {
  return wordsFor({ email, roles, team, onCall: false })
}

/** What is wrong with an absence somebody wants to enter, as a sentence and its field; undefined when nothing is. */
export function delegationProblem(
  given: { delegatorId: string; delegateId: string; startsAt: Date; endsAt: Date },
  now: Date,
): { field: 'delegateId' | 'startsAt' | 'endsAt'; detail: string } | undefined {
  const { startsAt, endsAt } = given
  if (given.delegateId === given.delegatorId)
    return { field: 'delegateId', detail: 'Name somebody else than yourself.' }
  if (startsAt.getTime() > now.getTime() + 366 * 86_400_000)
    return { field: 'startsAt', detail: 'Within a year from now.' }
  if (endsAt <= startsAt) return { field: 'endsAt', detail: 'It ends after it begins.' }
  if (endsAt <= now) return { field: 'endsAt', detail: 'It is over before it is made.' }
  if (endsAt.getTime() - startsAt.getTime() > LONGEST_DELEGATION_MS)
    return { field: 'endsAt', detail: 'At most 90 days: enter it again when it is over.' }
  return undefined
}
