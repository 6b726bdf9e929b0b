import { askedWords } from '@/lib/approvals/asked'
import type { May } from '@/lib/trials/may-contract'
import type { MayAnswer, Stopped } from '@/lib/trials/may'
import type { StateName } from '../ui/state-words'

/** What an answer comes to, as it is said in the console. */
export const MAY_WORDS = {
  alone: { state: 'allow', word: 'Alone' },
  held: { state: 'hold', word: 'Asks a person' },
  never: { state: 'forbid', word: 'Never' },
} as const satisfies Record<May, { state: StateName; word: string }>

/** Why an agent does nothing whatever it asks. */
export const STOPPED_WORDS = {
  halted: { state: 'halted', word: 'Halted' },
  suspended: { state: 'suspended', word: 'Suspended' },
  registered: { state: 'registered', word: 'Not active yet' },
  no_credential: { state: 'revoked', word: 'No credential' },
} as const satisfies Record<Stopped, { state: StateName; word: string }>

/** Who would be asked, seat by seat. */
export function whoIsAsked(asked: MayAnswer['asked']): string {
  const seats = new Map<string, number>()
  for (const words of asked) {
    const said = askedWords(words)
    seats.set(said, (seats.get(said) ?? 0) + 1)
  }
  return [...seats].map(([said, times]) => (times === 1 ? said : `${String(times)} times ${said}`)).join(', and ')
}
