import type { WatchRule } from './boundary'
import { durationText, durationWords } from './duration'

/** A rule as the language writes it, without what follows: `forbidden: 5 within 10m`, `new_tool`. It also names what is counted. */
export function watchText({ on, count, within }: Pick<WatchRule, 'on' | 'count' | 'within'>): string {
  if (on === 'new_tool') return on
  const span = durationText(within ?? 0)
  return on === 'run_longer_than' ? `${on}: ${span}` : `${on}: ${count ?? 0} within ${span}`
}

/** What makes a rule come true, in words: `5 forbidden proposals within 10 minutes`. */
export function watchWords({ on, count = 0, within = 0 }: Pick<WatchRule, 'on' | 'count' | 'within'>): string {
  const some = (one: string, many: string) =>
    `${count === 1 ? `1 ${one}` : `${count} ${many}`} within ${durationWords(within)}`
  switch (on) {
    case 'forbidden':
      return some('forbidden proposal', 'forbidden proposals')
    case 'rejected':
      return some('proposal a person rejected', 'proposals people rejected')
    case 'failed':
      return some('failed action', 'failed actions')
    case 'calls':
      return some('call', 'calls')
    case 'new_tool':
      return 'the first use of a tool that its boundary does not name and it never used before'
    case 'run_longer_than':
      return `a run longer than ${durationWords(within)}`
  }
}

/** Whether whatever makes `other` come true makes this one come true no later, with a consequence no weaker. */
export function isAsStrict(rule: WatchRule, other: WatchRule): boolean {
  if (rule.on !== other.on || (rule.then === 'alert' && other.then === 'halt')) return false
  if (rule.on === 'run_longer_than') return (rule.within ?? 0) <= (other.within ?? 0)
  return (rule.count ?? 0) <= (other.count ?? 0) && (rule.within ?? 0) >= (other.within ?? 0)
}
