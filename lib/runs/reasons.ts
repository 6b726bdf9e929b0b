import type { Projection } from '@/lib/ledger/payload'
import type { Reasoning } from '@/lib/runs/contract'

/** What of an agent's reasons lists search by (C27), beside the payload that holds all of them. */
export function reasonsIn(
  reasoning: Reasoning | null | undefined,
): Pick<Projection, 'signals' | 'intel' | 'skill' | 'confidence'> {
  const { signals, intel, skill, confidence } = reasoning ?? {}
  return { signals: signals ?? null, intel: intel ?? null, skill: skill ?? null, confidence: confidence ?? null }
}
