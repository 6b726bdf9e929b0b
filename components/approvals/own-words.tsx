import type { Reasoning } from '@/lib/runs/contract'
import { Section } from '../shell/page'
import { ReasoningFacts } from '../ui/reasoning-facts'
import { Said } from '../ui/said'

/** Why, as the agent tells it: its account, and the signals, intel, skill and confidence it names, each a field (C27). */
export function OwnWords({ agent, reasoning }: { agent: string; reasoning: Reasoning | null }) {
  return (
    <Section id="own" title="Why, in the agent’s own words" aside="not checked by anyone">
      {reasoning === null ? (
        <p className="t2">It gave no reasons.</p>
      ) : (
        <Said own by={agent} text={reasoning.summary ?? 'no summary given'} after={<ReasoningFacts of={reasoning} />} />
      )}
    </Section>
  )
}
