import type { Boundary, WatchRule } from '@/lib/boundary/boundary'
import { watchWords } from '@/lib/boundary/watch'
import { idTime } from '@/lib/core/ids'

/** What a watch rule reads of a ledger entry of its agent. Times are those of the ids: when it was decided, not when it was read. */
export type Watchable = {
  kind: string
  outcome: string | null
  reason: string | null
  /** the tool it names, where it is known; an agent's word */
  tool: string | null
  index: number
  id: string
}

/** The entries a rule counted last, oldest first; never more than its number. */
export type Tally = readonly (readonly [index: number, id: string])[]

/** Refusals that say nothing of the agent: it was stopped already. */
const STOPPED = new Set(['halted', 'agent_suspended'])

/** Whether a rule that counts counts this entry. `new_tool` is asked by `usedTool`, `run_longer_than` by the clock. */
export function counts(rule: Pick<WatchRule, 'on'>, { kind, outcome, reason }: Watchable): boolean {
  const decided = kind === 'action.decided' && !(reason !== null && STOPPED.has(reason))
  switch (rule.on) {
    case 'calls':
      return decided
    case 'forbidden':
      return decided && outcome === 'forbid'
    case 'rejected':
      return kind === 'approval.rejected'
    case 'failed':
      return kind === 'action.completed' && outcome === 'failed'
    case 'new_tool':
    case 'run_longer_than':
      return false
  }
}

/** The tool an entry shows its agent using: allowed, or held for a person. Null for any other entry. */
export function usedTool({ kind, outcome, tool }: Watchable): string | null {
  return kind === 'action.decided' && (outcome === 'allow' || outcome === 'hold') ? tool : null
}

/** Whether a boundary names a tool, bare or with its server: whoever signed it knows of it. */
export function namesTool(boundary: Pick<Boundary, 'autonomous' | 'approval_required'>, tool: string): boolean {
  const bare = tool.slice(tool.indexOf('.') + 1)
  return [...boundary.autonomous, ...boundary.approval_required].some(
    (rule) => rule.tool === tool || rule.tool === bare,
  )
}

/**
 * Counts one entry more. It fires when the last `count` entries lie within the window; then counting begins anew.
 * @param tally what was counted before, in the order of the log
 */
export function tallied(
  rule: Pick<WatchRule, 'count' | 'within'>,
  tally: Tally,
  { index, id }: Watchable,
): { tally: Tally; fired: Tally | null } {
  const { count = 1, within = 0 } = rule
  const before = tally.at(-1)
  // read again after a crash that never committed: the cursor says so already, this says it again
  if (before !== undefined && before[0] >= index) return { tally, fired: null }
  const newest = Math.max(idTime(id), before === undefined ? 0 : idTime(before[1]))
  const kept = [...tally, [index, id] as const].filter(([, each]) => newest - idTime(each) <= within).slice(-count)
  return kept.length >= count ? { tally: [], fired: kept } : { tally: kept, fired: null }
}

/** How many of a tally still lie in the window at a moment: what a screen shows against the threshold. */
export function countNow({ within = 0 }: Pick<WatchRule, 'within'>, tally: Tally, now: number): number {
  return tally.filter(([, id]) => now - idTime(id) <= within).length
}

/** Why an agent was halted, for people: the rule, whose it is, and what made it come true. Holds no word of the agent. */
export function firingReason(rule: WatchRule, place: number, version: number): string {
  return `watch[${place}] of boundary version ${version}: ${watchWords(rule)}.`
}
