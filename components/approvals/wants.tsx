import { phraseOf } from '@/lib/decisions/phrase'
import type { Resource } from '@/lib/runs/contract'
import { HostileText } from '../ui/hostile-text'

/** What a tool's name says: "isolate a host", or the name itself where it does not read as an act. */
export function Act({ tool }: { tool: string }) {
  const phrase = phraseOf(tool)
  return phrase.named ? phrase.words : <span className="mono">use {phrase.words}</span>
}

/** The thing it is done to, in the agent's words: data, never a link. */
export function Target({ resource }: { resource: Resource }) {
  return (
    <>
      <HostileText text={resource.type} max={40} /> <HostileText text={resource.id} max={80} />
    </>
  )
}
