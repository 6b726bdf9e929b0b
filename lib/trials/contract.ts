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
