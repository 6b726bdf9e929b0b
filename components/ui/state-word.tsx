import { Pause } from 'lucide-react'
import { Icon } from './icon'
import { STATES, type StateName } from './state-words'

/**
 * A state as icon, word and colour. `word` replaces the table's word where a page has a better one ("Autonomous" for an
 * allow); the icon and the colour stay, because they are the meaning.
 */
export function StateWord({ state, word }: { state: StateName; word?: string }) {
  const entry = STATES[state]
  return (
    <span className={`st ${entry.tone}`}>
      <Icon of={entry.icon} filled={entry.icon === Pause} />
      {word ?? entry.word}
    </span>
  )
}
