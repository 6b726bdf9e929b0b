import type { Answer } from '@/lib/approvals/approval'

/**
 * What a passkey has to answer for (ADR 0033), weakest first: approving as soon as signatures need one, approving, or either answer. A
 * boundary says one of the last two.
 */
export const PASSKEY_FOR = ['registered', 'approve', 'both'] as const
export type PasskeyFor = (typeof PASSKEY_FOR)[number]

type Asks = { passkey?: PasskeyFor; reason?: true }

/**
 * Whether this answer takes a passkey. Rejecting takes none unless a boundary says so: stopping stays easy.
 * @param registered whether signatures need one by now, or this person has one
 */
export function takesPasskey({ passkey }: Asks, answer: Answer, registered: boolean): boolean {
  if (passkey === undefined || (passkey === 'registered' && !registered)) return false
  return passkey === 'both' || answer === 'approve'
}

/** Whether this answer says why: a rejection always, an approval where its rule says so. */
export function takesReason({ reason }: Asks, answer: Answer): boolean {
  return answer === 'reject' || reason === true
}

/** The stricter of two. */
export function strictestPasskey(one: PasskeyFor | undefined, other: PasskeyFor | undefined): PasskeyFor | undefined {
  return PASSKEY_FOR.findLast((each) => each === one || each === other)
}

/** Reads what is stored; a word nobody knows asks for the most. */
export function readPasskeyFor(stored: unknown): PasskeyFor {
  return PASSKEY_FOR.find((each) => each === stored) ?? 'both'
}
