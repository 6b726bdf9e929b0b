import type { AgentState } from '@/lib/agents/agent'
import type { OnLapse } from '@/lib/boundary/terms'
import { StateWord } from '../ui/state-word'

/** Why an agent is contained, in words that fit after its state. */
export const CONTAINED_WORDS = {
  owner_missing: 'its owner is gone',
  review_overdue: 'its review is overdue',
  boundary_expired: 'its boundary has lapsed',
} as const
export type ContainedBy = keyof typeof CONTAINED_WORDS

/** What is said of an agent that answers less than its state says. */
export type Standing = { state: AgentState; halted: boolean; contained: readonly ContainedBy[] }

/** The state of an agent as people need to know it: a halt first, then what contains it, then what it is. */
export function AgentStateWord({ state, halted, contained }: Standing) {
  if (state === 'retired') return <StateWord state="retired" />
  if (halted) return <StateWord state="halted" />
  if (state === 'registered') return <StateWord state="draft" word="Registered" />
  if (state === 'suspended') return <StateWord state="suspended" />
  if (contained.length > 0) return <StateWord state="contained" />
  return <StateWord state="active" />
}

/** The sentence beneath it, or nothing when there is nothing to say. */
export function standingSentence(
  { state, halted, contained }: Standing,
  reason: string,
  onLapse: OnLapse = 'read_only',
): string | null {
  if (state === 'retired') return reason === '' ? 'It does nothing any more.' : `It does nothing any more: ${reason}`
  if (halted) return 'A halt is in force: nothing it asks is allowed.'
  if (state === 'suspended')
    return reason === '' ? 'Nothing it asks is allowed.' : `Nothing it asks is allowed: ${reason}`
  if (state === 'registered') return 'It may do nothing yet.'
  if (contained.length === 0) return null
  const nothing = onLapse === 'suspend' && contained.some((by) => by !== 'owner_missing')
  return `${nothing ? 'Nothing it asks is allowed' : 'Only reads in its scope are answered'}: ${contained.map((by) => CONTAINED_WORDS[by]).join(', and ')}.`
}
