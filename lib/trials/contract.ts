import { z } from 'zod'
import { sourceInput } from '@/lib/boundary/contract'
import { resolveTool } from '@/lib/tools/tool'

const words = (most: number) => z.string().trim().max(most)

/** `POST /api/console/boundaries/{slug}/test`: one call, asked of a text that nobody has signed. Nothing is kept of it. */
export const testInput = z.strictObject({
  source: sourceInput,
  tool: words(200).refine((name) => resolveTool(name) !== null, 'Name a tool: “name” or “server.name”.'),
  /** a JSON object, as text: what cannot be read is told with its place */
  arguments: z.string().max(65_536, 'At most 64 KB of arguments.').default('{}'),
  resource: z
    .strictObject({ type: words(100).min(1), id: words(2_048).min(1) })
    .nullable()
    .default(null),
  tainted: z.boolean().default(false),
  /** when it would be called; left out: now */
  at: z.iso.datetime({ offset: true, error: 'Write a moment as 2027-03-31T09:30:00Z.' }).nullable().default(null),
})
export type TestInput = z.infer<typeof testInput>

/** How far back the past is looked at, in days: that of a month unless somebody says otherwise. */
export const DEFAULT_DAYS = 30
export const MOST_DAYS = 366

/** `POST /api/console/boundaries/{slug}/{version}/simulations` */
export const simulateInput = z.strictObject({
  days: z.coerce
    .number('Give a number of days.')
    .int('Give whole days.')
    .min(1, 'At least one day.')
    .max(MOST_DAYS, 'A year at most.')
    .default(DEFAULT_DAYS),
})
export type SimulateInput = z.infer<typeof simulateInput>

const decision = z.enum(['allow', 'hold', 'forbid'])

/** `GET /api/console/simulations/{id}/changes` */
export const changesQuery = z.strictObject({
  was: decision.optional(),
  would: decision.optional(),
  before: z.uuid('There is nothing with this id.').optional(),
})
