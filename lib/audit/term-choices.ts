import { ENVIRONMENTS } from '@/lib/agents/agent'
import { REASONS } from '@/lib/decisions/decision'
import type { Outcome } from '@/lib/ledger/entry'
import { FIELDS, type Field } from './term'

/**
 * The outcomes, spelled out: the ledger's own list lies beside code that needs a Buffer, and 7 KB of one would come along into
 * every browser. The type keeps both the same.
 */
const OUTCOMES: Readonly<Record<Outcome, true>> = {
  allow: true,
  hold: true,
  forbid: true,
  approved: true,
  rejected: true,
  expired: true,
  succeeded: true,
  failed: true,
  aborted: true,
}

/** The closed lists of the fields of form `choice`: the parser refuses, and completion offers, nothing else. */
export const CHOICES: Readonly<Partial<Record<Field, readonly string[]>>> = {
  outcome: Object.keys(OUTCOMES),
  reason: Object.keys(REASONS),
  access: ['read', 'write'],
  env: ENVIRONMENTS,
}

/** Words people bring from elsewhere, and the field of ours that means it. */
const ELSEWHERE: Readonly<Record<string, Field>> = {
  actor: 'by',
  person: 'by',
  user: 'by',
  who: 'by',
  for: 'requester',
  event: 'kind',
  type: 'kind',
  decision: 'outcome',
  status: 'outcome',
  state: 'outcome',
  result: 'outcome',
  tool: 'action',
  op: 'action',
  host: 'resource',
  target: 'resource',
  object: 'resource',
  environment: 'env',
  why: 'reason',
  code: 'reason',
  version: 'boundary',
  signals: 'signal',
  skills: 'skill',
  tag: 'label',
  labels: 'label',
}
const VALUES_ELSEWHERE: Readonly<Record<string, string>> = {
  allowed: 'allow',
  permit: 'allow',
  held: 'hold',
  pending: 'hold',
  forbidden: 'forbid',
  deny: 'forbid',
  denied: 'forbid',
  blocked: 'forbid',
  approve: 'approved',
  reject: 'rejected',
  timeout: 'expired',
  success: 'succeeded',
  ok: 'succeeded',
  error: 'failed',
  prod: 'production',
  dev: 'development',
  stage: 'staging',
  spend: 'spends_money',
}

/** Words that ask for a time, which is never in the bar. */
export const TIME_WORDS: ReadonlySet<string> = new Set(['time', 'from', 'to', 'since', 'until', 'date', 'at', 'last'])

/** A word as one of the bar's fields. */
export function asField(word: string): Field | null {
  return Object.hasOwn(FIELDS, word) ? (word as Field) : null
}

/** The field that is probably meant by a word that is none; null where that would be a guess. */
export function nearestField(word: string): Field | null {
  const lower = word.toLowerCase()
  if (Object.hasOwn(ELSEWHERE, lower)) return ELSEWHERE[lower] ?? null
  return nearest(lower, Object.keys(FIELDS)) as Field | null
}

/** The word of a closed list that is probably meant. */
export function nearestChoice(word: string, choices: readonly string[]): string | null {
  const lower = word.toLowerCase().replaceAll('-', '_')
  const known = VALUES_ELSEWHERE[lower]
  if (known !== undefined && choices.includes(known)) return known
  return nearest(lower, choices)
}

/** The one word at most two edits away, or the only one it begins; null where several are as near. */
function nearest(word: string, words: readonly string[]): string | null {
  const begun = words.filter((one) => word.length > 1 && one.startsWith(word))
  if (begun.length === 1) return begun[0] ?? null
  const far = word.length > 4 ? 2 : 1
  const ranked = words.map((one) => ({ one, edits: edits(word, one) })).sort((a, b) => a.edits - b.edits)
  const [first, second] = ranked
  if (first === undefined || first.edits > far) return null
  return second?.edits === first.edits ? null : first.one
}

/** How many letters must be added, dropped, changed or swapped with their neighbour to make one word of another. */
function edits(a: string, b: string): number {
  let before: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, at) => at)
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i]
    for (let j = 1; j <= b.length; j += 1) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1
      let least = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + same)
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        least = Math.min(least, (before[j - 2] ?? 0) + 1)
      row.push(least)
    }
    before = last
    last = row
  }
  return last[b.length] ?? 0
}
