import { z } from 'zod'
import { publicId } from '@/lib/core/ids'
import { DRILL_KINDS, DRILL_SCOPES, figuresOf } from './drill'

/**
 * What a drill measured, as its entry `drill.ended` holds it and as it is exported. Times are milliseconds since it began: for a live drill, since its
 * halt was engaged; each agent's is its own word (C33).
 */
export const drillReport = z.strictObject({
  v: z.literal(1),
  drill: z.string(),
  kind: z.enum(DRILL_KINDS),
  scope: z.enum(DRILL_SCOPES),
  /** what it named, by name; null for everything */
  target: z.string().nullable(),
  /** how fast the last agent should have confirmed */
  target_ms: z.int(),
  window_ms: z.int(),
  begun_at: z.string(),
  measured_at: z.string(),
  agents: z.array(z.strictObject({ agent: z.string(), confirmed_ms: z.int().nullable() })),
  figures: z.strictObject({
    agents: z.int(),
    confirmed: z.int(),
    never: z.int(),
    median: z.int().nullable(),
    p95: z.int().nullable(),
    worst: z.int().nullable(),
    within: z.int(),
    met: z.boolean(),
  }),
})
export type DrillReport = z.infer<typeof drillReport>

/** What of a drill the report needs. */
export type Reported = Pick<DrillReport, 'kind' | 'scope' | 'target' | 'target_ms' | 'window_ms'> & { id: string }

/**
 * Makes the report of a drill. A word that came after the window is none: the drill no longer waited for it.
 * @param words each agent's slug and when it confirmed
 */
export function reportOf(
  { id, ...drill }: Reported,
  begunAt: Date,
  words: readonly { slug: string; at: Date | null }[],
  now: Date,
): DrillReport {
  const measured = words
    .map(({ slug, at }) => {
      const ms = at === null ? null : Math.max(0, at.getTime() - begunAt.getTime())
      return { agent: slug, ms: ms !== null && ms <= drill.window_ms ? ms : null }
    })
    .toSorted((a, b) => (b.ms ?? Infinity) - (a.ms ?? Infinity) || (a.agent < b.agent ? -1 : 1))
  return {
    v: 1,
    drill: publicId('drill', id),
    ...drill,
    begun_at: begunAt.toISOString(),
    measured_at: now.toISOString(),
    agents: measured.map(({ agent, ms }) => ({ agent, confirmed_ms: ms })),
    figures: figuresOf(measured, drill.target_ms),
  }
}
