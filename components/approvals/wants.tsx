import type { SentencePart } from '@/lib/decisions/sentence'
import { HostileText } from '../ui/hostile-text'

/**
 * What an agent wants, as one sentence on the line: our words first, then the agent's, which are data. A headline holds
 * ours alone, and the rest goes on beside it at its size: nothing an agent supplied is ever a title.
 */
export function splitSentence(parts: readonly SentencePart[]): { ours: string; rest: readonly SentencePart[] } {
  const first = parts.findIndex((part) => part.kind === 'data')
  const at = first === -1 ? parts.length : first
  const ours = parts.slice(0, at).map((part) => part.text)
  return { ours: ours.join(''), rest: parts.slice(at) }
}

/** Somebody or something an agent named: its kind and its name. */
export function Named({ one }: { one: { type: string; id: string } }) {
  return (
    <>
      <HostileText text={one.type} max={40} /> <HostileText text={one.id} max={80} />
    </>
  )
}
