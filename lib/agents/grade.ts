import { BY_EXECUTOR, type Channel } from './channel'

/** What stands between an agent and its tools, the strongest first: how well a halt would hold it (ADR 0043). */
export const GRADES = ['structural', 'brokered', 'hook', 'reported'] as const
export type Grade = (typeof GRADES)[number]

/** How an action of an agent was seen to run, and the grade that way is worth. */
export const WAYS = {
  gateway: 'structural',
  executor: 'structural',
  own_token: 'brokered',
  hook: 'hook',
  enforcement_point: 'hook',
  reported: 'reported',
} as const satisfies Record<string, Grade>
export type Way = keyof typeof WAYS

/**
 * Whether it obeys. `refused`: it was told no. `went_on`: and asked for something else afterwards. `ignored`: it reported what came of an action that
 * it was never given.
 */
export const MANNERS = ['halt_confirmed', 'drill_confirmed', 'refused', 'went_on', 'ignored'] as const
export type Sign = Way | (typeof MANNERS)[number]
export const SIGNS: readonly Sign[] = [...(Object.keys(WAYS) as Way[]), ...MANNERS]

/** What is seen counts for this long: what an agent did before may not be how it works today. */
export const SEEN_FOR_MS = 30 * 86_400_000

export type Sighting = { first: Date; last: Date; times: number }
export type Seen = Partial<Record<Sign, Sighting>>

export type Standing = {
  /** null: nothing of how its actions run was seen in the last 30 days */
  grade: Grade | null
  /** how its actions were seen to run in that time, the weakest first */
  ways: readonly { way: Way; grade: Grade; last: Date; times: number }[]
  /** when it was last seen obeying, and how */
  obeyed: { how: 'halt' | 'drill' | 'refusal'; at: Date } | null
  /** when it last reported what came of something it was never given */
  ignoredAt: Date | null
}

/** How well a halt would hold an agent: the weakest way its actions were seen to run. One unguarded way out is enough to get out. */
export function standingOf(seen: Seen, now: Date): Standing {
  const since = now.getTime() - SEEN_FOR_MS
  const ways = (Object.keys(WAYS) as Way[])
    .flatMap((way) => {
      const sighting = seen[way]
      if (sighting === undefined || sighting.last.getTime() < since) return []
      return [{ way, grade: WAYS[way], last: sighting.last, times: sighting.times }]
    })
    .toSorted((a, b) => rankOf(b.grade) - rankOf(a.grade))
  const obeyed = (
    [
      ['halt', seen.halt_confirmed],
      ['drill', seen.drill_confirmed],
      ['refusal', seen.went_on],
    ] as const
  )
    .flatMap(([how, sighting]) => (sighting === undefined ? [] : [{ how, at: sighting.last }]))
    .toSorted((a, b) => b.at.getTime() - a.at.getTime())
  return {
    grade: ways[0]?.grade ?? null,
    ways,
    obeyed: obeyed[0] ?? null,
    ignoredAt: seen.ignored?.last ?? null,
  }
}

/** Where a grade stands: 0 is the strongest. Nothing seen stands behind all of them. */
export const rankOf = (grade: Grade | null): number => (grade === null ? GRADES.length : GRADES.indexOf(grade))

/** The grade of a rank; null behind all of them. */
export const gradeAt = (rank: number): Grade | null => GRADES[rank] ?? null

/**
 * What a halt does to an agent of a grade. `stops`: nothing of it runs without this server. `refuses`: its harness is told no, and has to keep to
 * it. `asks`: it is told, and that is all.
 */
export function haltDoes(grade: Grade | null): 'stops' | 'refuses' | 'asks' {
  switch (grade) {
    case 'structural':
    case 'brokered':
      return 'stops'
    case 'hook':
      return 'refuses'
    case 'reported':
    case null:
      return 'asks'
  }
}

/** One entry about an agent. `consumed` and `given`: whether the action's grant was consumed, and whether it ever had one. */
export type Noted = {
  kind: string
  agentId: string
  at: Date
  outcome: string | null
  labels: readonly string[]
  action: { channel: Channel; consumed: boolean; given: boolean } | null
}

/** The way an entry shows an action to have run; null where it shows none. */
export function wayOf({ kind, labels, action }: Noted): Way | null {
  if (action === null) return null
  const { channel, consumed } = action
  if (kind === 'action.decided') return OF_CHANNEL[channel]
  // what came through another door was counted when it came
  if (channel !== 'api') return null
  if (kind === 'action.claimed') return labels.includes(BY_EXECUTOR) ? 'executor' : 'own_token'
  return kind === 'action.completed' && !consumed ? 'reported' : null
}

const OF_CHANNEL: Record<Channel, Way | null> = {
  api: null,
  hook: 'hook',
  mcp: 'gateway',
  authzen: 'enforcement_point',
}

/**
 * What an entry shows of whether its agent obeys.
 * @param pending it was refused, and nothing was heard of it since
 */
export function mannersOf({ kind, outcome, labels, action }: Noted, pending: boolean): Sign[] {
  switch (kind) {
    case 'halt.acknowledged':
      return ['halt_confirmed']
    case 'drill.confirmed':
      return ['drill_confirmed']
    case 'approval.rejected':
      return ['refused']
    case 'action.decided':
      return [...(pending ? (['went_on'] as const) : []), ...(outcome === 'forbid' ? (['refused'] as const) : [])]
    case 'action.refused':
      return labels.includes('at_outcome') && !labels.includes('grant_foreign') && action?.given === false
        ? ['ignored']
        : []
    default:
      return []
  }
}

/** Whether it is to be seen what an agent does with a refusal. */
export function pendingAfter(signs: readonly Sign[], pending: boolean): boolean {
  const last = signs.findLast((sign) => sign === 'refused' || sign === 'went_on' || sign === 'ignored')
  return last === undefined ? pending : last === 'refused'
}
