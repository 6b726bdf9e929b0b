import type { ActionOutput } from './contract'
import type { ActionPayload } from './item'

type Kept = ActionPayload['reasons'][number]

/** A reason as agents are told it: the text with what is particular to this call. */
export function toldReason({ code, rule, text, detail }: Kept): ActionOutput['reason'] {
  return { code, rule, text: detail === undefined ? text : `${text} ${detail}` }
}

/** What a boundary that only observed would have answered; null where nothing was let through. */
export function observedOf({ observed }: Pick<ActionPayload, 'observed'>): ActionOutput['observed'] {
  const [first] = observed?.reasons ?? []
  if (observed === undefined || first === undefined || observed.decision === 'allow') return null
  return { decision: observed.decision === 'hold' ? 'hold' : 'forbid', reason: toldReason(first) }
}
