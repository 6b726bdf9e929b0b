import type { StreamState } from '@/lib/notify/stream'
import { StateWord } from '../ui/state-word'
import { STREAM_STATE_WORDS } from './stream-words'

/** The state of a stream; `stopped`: it tries no more until a person acts. */
export function StreamStateWord({ state, stopped }: { state: StreamState; stopped: boolean }) {
  if (state === 'removed') return <StateWord state="closed" word="Removed" />
  const { state: name, word } = STREAM_STATE_WORDS[state]
  return <StateWord state={name} word={stopped ? 'Failing, stopped' : word} />
}
