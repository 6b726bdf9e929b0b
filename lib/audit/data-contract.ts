import { z } from 'zod'
import { parsePublicId } from '@/lib/core/ids'

const words = (most: number) =>
  z.string().trim().min(3, 'Say it in a few words.').max(most, `At most ${most} characters.`)

/** `POST /api/console/audit/readings`: an entry (`ent_…`) or an action (`act_…`), and why. */
export const readingInput = z
  .strictObject({ entry: z.string().optional(), action: z.string().optional(), purpose: words(500) })
  .transform(({ entry, action, purpose }) => ({
    id: action === undefined ? parsePublicId('entry', entry ?? '', 'entry') : parsePublicId('action', action, 'action'),
    purpose,
  }))

/** `POST /api/console/marks`: marks something sensitive, or with `remove` takes the mark away. */
export const markInput = z.strictObject({
  kind: z.enum(['tool', 'resource_type', 'agent']),
  value: z
    .string()
    .trim()
    .regex(/^[\x21-\x7e]{1,200}$/, 'Up to 200 letters, digits and signs, without spaces.'),
  remove: z.literal('yes').optional(),
})

/** `POST /api/console/erasures`: whose, by what agents call them, and on what ground. `confirm` carries how many the person saw. */
export const erasureInput = z.strictObject({
  type: z.string().trim().min(1, 'Fill this in.').max(100),
  id: z.string().trim().min(1, 'Fill this in.').max(500),
  reason: words(500),
  basis: words(200),
  confirm: z.coerce.number().int().min(0).optional(),
})

/** `POST /api/console/retention`: one class, and its days; nothing keeps it for good. */
export const retentionInput = z.strictObject({
  class: z.enum(['read_actions', 'write_actions', 'conclusions', 'answers', 'administration']),
  days: z.preprocess(
    (value) => (value === '' || value === null ? null : Number(value)),
    z.int('Give whole days.').min(30, 'At least 30 days.').max(36_500, 'At most 100 years.').nullable(),
  ),
})
