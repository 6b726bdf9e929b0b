import type { ToolClass } from '@/lib/tools/tool'

/** From when on figures mean something. Percentages are of a hundred, times in days. */
export type AttentionSetting = {
  /** how far back the figures look */
  days: number
  /** rubber stamping: at least so many verdicts that were timed … */
  leastVerdicts: number
  /** … and more than this share of them faster than what was shown can be read, in per cent */
  mostFast: number
  /** a gate nobody refused in so long is a candidate for widening … */
  widenDays: number
  /** … when it was asked at least so often */
  widenRequests: number
}

export const DEFAULT_ATTENTION: AttentionSetting = {
  days: 90,
  leastVerdicts: 20,
  mostFast: 60,
  widenDays: 90,
  widenRequests: 20,
}

/** What a kind of question is: what a page says of it in words. */
export type Gate = {
  /** of agent, tool, class, reason and rule: a hash, as decimal digits */
  key: string
  agentId: string
  agent: string
  ownerId: string
  /** null where the catalogue does not know it: its name is the agent's word */
  tool: string | null
  /** its class as of then; null where nobody had said */
  class: ToolClass | null
  /** what held it first */
  reason: string
  rule: string | null
}

/** What became of questions. A number each; of those that ended, in a time. */
export type Ends = { asked: number; approved: number; rejected: number; expired: number; other: number }

/** How verdicts were given, in a time. */
export type Pace = {
  verdicts: number
  /** of those, the answer was not approval */
  refused: number
  /** of those, how many were given after the page was sent to whoever gave them, so that we know for how long it was there */
  timed: number
  /** of the timed, faster than what was shown can be read */
  fast: number
  /** milliseconds from when it was first shown to that person, else from when it was asked; null where there are none */
  medianMs: number | null
}

export type GateFigures = { gate: Gate; ends: Ends; pace: Pace }
export type PersonFigures = {
  person: { id: string; name: string; team: string | null }
  pace: Pace
  leftToExpire: number
}

export const NO_ENDS: Ends = { asked: 0, approved: 0, rejected: 0, expired: 0, other: 0 }
export const NO_PACE: Pace = { verdicts: 0, refused: 0, timed: 0, fast: 0, medianMs: null }

/** A share in per cent, rounded so that nothing is told as none or all that is not; null of nothing. */
export function percent(part: number, of: number): number | null {
  if (of === 0) return null
  const exact = (100 * part) / of
  if (part > 0 && exact < 1) return 1
  if (part < of && exact > 99) return 99
  return Math.round(exact)
}

/** Whether verdicts are given so fast, so often, that it must be said: strictly more than the share a ciso set, of enough of them. */
export function isRubberStamping(pace: Pace, setting: Pick<AttentionSetting, 'leastVerdicts' | 'mostFast'>): boolean {
  return pace.timed >= setting.leastVerdicts && pace.fast * 100 > pace.timed * setting.mostFast
}

/** `38 of 41 timed answers came faster than what was shown can be read`. */
export function fastWords({ fast, timed }: Pace): string {
  if (timed === 0) return 'no answer was timed'
  const answers = timed === 1 ? 'timed answer' : 'timed answers'
  return `${fast.toLocaleString('en')} of ${timed.toLocaleString('en')} ${answers} came faster than what was shown can be read`
}

/** The page's headline: whether people read what they answer, in one sentence. */
export function attentionHeadline(stamping: number, all: Pace, days: number): string {
  if (all.verdicts === 0) return `Nobody answered anything in ${days} days.`
  if (stamping > 0)
    return stamping === 1
      ? 'One finding: answers come unread.'
      : `${stamping.toLocaleString('en')} findings: answers come unread.`
  if (all.timed === 0) return 'No answer was timed yet.'
  if (all.fast === 0) return 'Every timed answer took long enough to have been read.'
  return `${capital(fastWords(all))}.`
}

const capital = (words: string): string => words.charAt(0).toUpperCase() + words.slice(1)

/** A time in words, for a median: `4 s`, `12 min`, `3 h`, `2 d`. */
export function tookWords(ms: number | null): string {
  if (ms === null) return '—'
  if (ms < 10_000) return `${(ms / 1_000).toFixed(1)} s`
  if (ms < 120_000) return `${Math.round(ms / 1_000)} s`
  if (ms < 7_200_000) return `${Math.round(ms / 60_000)} min`
  if (ms < 172_800_000) return `${Math.round(ms / 3_600_000)} h`
  return `${Math.round(ms / 86_400_000)} d`
}
