import type { AccessDecision } from './contract'

/** A denial that no action stands behind: nothing was decided. */
export function denied(reason: string, text: string, more: Record<string, unknown> = {}): AccessDecision {
  return { decision: false, context: { reason, reason_user: { en: text }, ...more } }
}
