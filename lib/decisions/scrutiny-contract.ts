import { z } from 'zod'
import { ACTION_KINDS } from './kinds'

/**
 * `POST /api/console/scrutiny` and `/api/console/scrutiny/{id}`: one thing to look for. A form sends `active` only where its box is
 * ticked.
 */
export const checkInput = z.strictObject({
  kind: z.enum(ACTION_KINDS),
  title: z.string().trim().min(1, 'Say it in a few words.').max(120, 'At most 120 characters.'),
  lookFor: z.string().trim().min(1, 'Say what to look for.').max(600, 'At most 600 characters.'),
  position: z.coerce.number('A number.').int('A whole number.').min(0).max(9_999, 'At most 9999.').default(100),
  active: z
    .union([z.boolean(), z.literal('on').transform(() => true)])
    .optional()
    .default(false),
})
export type CheckInput = z.output<typeof checkInput>
