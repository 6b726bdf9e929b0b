import type { DrillScope, DrillState } from '@/lib/halt/drill'
import type { DrillView } from '@/lib/halt/read-drills'
import type { StateName } from '../ui/state-words'

/** What is drilled, as a person says it. */
export function drilledWords(scope: DrillScope, name: string | null): string {
  switch (scope) {
    case 'organisation':
      return 'everything'
    case 'environment':
      return `everything in ${name ?? 'one environment'}`
    case 'team':
      return `the team ${name ?? ''}`
    case 'agent':
      return `the agent ${name ?? ''}`
  }
}

/** `Rehearsal of everything`, `Live drill of the team Platform`. */
export const drillTitle = ({ kind, scope, name }: Pick<DrillView, 'kind' | 'scope' | 'name'>): string =>
  `${kind === 'live' ? 'Live drill' : 'Rehearsal'} of ${drilledWords(scope, name)}`

/** How each state is shown: icon and colour of a state the console has, with a word of its own. */
export const DRILL_STATES: Readonly<Record<DrillState, { state: StateName; word: string }>> = {
  planned: { state: 'pending', word: 'Waits for a second person' },
  running: { state: 'claimed', word: 'Goes on' },
  measured: { state: 'confirmed', word: 'Measured' },
  kept: { state: 'halted', word: 'Became real' },
  refused: { state: 'rejected', word: 'Not agreed to' },
  lapsed: { state: 'expired', word: 'Nobody signed it' },
  prevented: { state: 'withdrawn', word: 'Halted by another' },
}
