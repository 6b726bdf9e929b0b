import { executesCode, stakesOf, type CatalogueTool } from '@/lib/tools/tool'
import type { Boundary } from './boundary'
import { matching } from './reach'

const DAY_MS = 86_400_000

/** What ends for an agent unless a person acts: its boundary, the review its boundary sets, the review its registration sets. */
export const TERMS = ['boundary', 'boundary_review', 'agent_review'] as const
export type TermKind = (typeof TERMS)[number]

/** What an agent that lapsed still does, by choice of the organisation: its reads, or nothing. */
export const LAPSES = ['read_only', 'suspend'] as const
export type OnLapse = (typeof LAPSES)[number]

/** How many days before it is due people are told, where the organisation does not say otherwise. */
export const REMIND_DAYS: readonly number[] = [30, 14, 7, 1]

/** Where a term stands. `step`: of which day before it is due people have to be told by now; 0 when due, -1 once over. */
export type Stage = { name: 'far' | 'approaching' | 'due' | 'lapsed'; step: number | null }

/**
 * Where a term stands at a moment: due in its last 24 hours, approaching from so many days before that.
 * @param end the first moment after it, ms since 1970
 * @param remindDays days before it is due on which people are told
 */
export function stageOf(end: number, now: number, remindDays: readonly number[]): Stage {
  // also where `end` is no number: what cannot be read is over, as in the gate
  if (!(now < end)) return { name: 'lapsed', step: -1 }
  const due = end - DAY_MS
  if (now >= due) return { name: 'due', step: 0 }
  const reached = remindDays.filter((days) => now >= due - days * DAY_MS)
  return reached.length === 0 ? { name: 'far', step: null } : { name: 'approaching', step: Math.min(...reached) }
}

/** Who hears of a step, each after those before: the owner, then cisos, then administrators (docs/guides/reviews.md). */
export const TOLD = ['owner', 'ciso', 'administrator'] as const
export type Told = (typeof TOLD)[number]

/** Who is told at a step: the owner from the first, cisos from 14 days before it is due, administrators from the last day before. */
export function toldAt(step: number): Told[] {
  return TOLD.filter((who) => who === 'owner' || (who === 'ciso' ? step <= 14 : step <= 1))
}

/** The first moment after a calendar day (`YYYY-MM-DD`, UTC), ms since 1970; NaN where it is none. */
export function afterDay(day: string): number {
  return Date.parse(`${day}T00:00:00Z`) + DAY_MS
}

/** What an agent may do under its boundary, counted in permissions, and which of them remain when it lapses. */
export type Kept = { of: number; kept: number; names: readonly string[] }

/**
 * What remains once an agent is left its reads: a read scope, and what it does alone with tools confirmed as reads. A permission is a
 * scope's reading or writing, a rule that allows or asks, or an entry of a list of commands, files or data that does.
 */
export function keptOnLapse(boundary: Boundary, catalogue: readonly CatalogueTool[]): Kept {
  const reads = Object.entries(boundary.mcp_scopes).filter(([, access]) => access.includes('read'))
  const scopes = Object.values(boundary.mcp_scopes).reduce((sum, access) => sum + access.length, 0)
  const named = boundary.autonomous.filter(({ tool, override }) => {
    const known = matching(tool, boundary, catalogue)
    return (
      known.length > 0 &&
      known.every(
        (one) =>
          one.class?.access === 'read' &&
          !executesCode(one.name, one) &&
          (override !== null || stakesOf(one.class).length === 0),
      )
    )
  })
  const { commands, code, data } = boundary.surfaces ?? { commands: null }
  const listed = [commands, code, data].reduce(
    (sum, lists) => sum + (lists?.autonomous.length ?? 0) + (lists?.approval_required.length ?? 0),
    0,
  )
  const names = [...reads.map(([server]) => `reading at ${server}`), ...named.map(({ tool }) => tool)]
  return {
    of: scopes + boundary.autonomous.length + boundary.approval_required.length + listed,
    kept: names.length,
    names,
  }
}

/** What happens once a term is over, in words: `From 24 December it keeps 2 of its 14 permissions: reading at crm and files.` */
export function lapseWords(from: string, onLapse: OnLapse, { of, kept, names }: Kept): string {
  const all = of === 1 ? 'its only permission' : `its ${of} permissions`
  if (onLapse === 'suspend') return `From ${from} it may do nothing: it is suspended, and keeps none of ${all}.`
  if (kept === 0) return `From ${from} it keeps none of ${all}: nothing of it is a read.`
  const shown = names.slice(0, 4)
  const more = kept - shown.length
  const listed = `${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}`
  return kept === of
    ? `From ${from} it keeps ${all}, all of which are reads: ${listed}.`
    : `From ${from} it keeps ${kept} of ${all}: ${listed}. Whatever else it asks is forbidden.`
}
