import type { Reasoning } from '@/lib/runs/contract'
import { ReasoningFacts } from '../ui/reasoning-facts'
import { Said } from '../ui/said'

/** What the agent said of itself when it asked, where it said anything. */
export function OwnWords({ agent, reasoning }: { agent: string; reasoning: Reasoning | null }) {
  if (reasoning === null) return <p className="t3">It gave no reasons.</p>
  return (
    <Said
      own
      by={`${agent}, in its own words`}
      text={reasoning.summary ?? 'no summary given'}
      after={<ReasoningFacts of={reasoning} />}
    />
  )
}
