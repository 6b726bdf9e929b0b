import type { Limits, Money, Period } from './boundary'
import { durationWords } from './duration'

export type LimitName = keyof Limits

/** What a limit counts, over which period (null: at any moment), and how it is said: `calls an hour`, `€ 500 a day`. */
type LimitKind = { measure: 'calls' | 'spend' | 'tokens' | 'runs' | 'length'; period: Period | null; words: string }

/** Every limit there is, in the order people read them. */
export const LIMIT_KINDS: Readonly<Record<LimitName, LimitKind>> = {
  calls_per_minute: { measure: 'calls', period: 'minute', words: 'calls a minute' },
  calls_per_hour: { measure: 'calls', period: 'hour', words: 'calls an hour' },
  calls_per_day: { measure: 'calls', period: 'day', words: 'calls a day' },
  spend_per_minute: { measure: 'spend', period: 'minute', words: 'money a minute' },
  spend_per_hour: { measure: 'spend', period: 'hour', words: 'money an hour' },
  spend_per_day: { measure: 'spend', period: 'day', words: 'money a day' },
  tokens_per_minute: { measure: 'tokens', period: 'minute', words: 'tokens a minute' },
  tokens_per_hour: { measure: 'tokens', period: 'hour', words: 'tokens an hour' },
  tokens_per_day: { measure: 'tokens', period: 'day', words: 'tokens a day' },
  concurrent_runs: { measure: 'runs', period: null, words: 'runs at a time' },
  run_length: { measure: 'length', period: null, words: 'length of a run' },
}
export const LIMITS = Object.keys(LIMIT_KINDS) as LimitName[]

/** A limit's value in words: `1,000`, `EUR 500`, `2 hours`. */
export function limitWords(name: LimitName, value: number | Money): string {
  if (typeof value !== 'number') return `${value.currency} ${value.amount.toLocaleString('en')}`
  return name === 'run_length' ? durationWords(value) : value.toLocaleString('en')
}

/** Whether one value of a limit lets through no more than another. Money of another currency cannot be compared: no. */
export function isNoMore(value: number | Money, than: number | Money): boolean {
  if (typeof value === 'number' || typeof than === 'number') return Number(value) <= Number(than)
  return value.currency === than.currency && value.amount <= than.amount
}
