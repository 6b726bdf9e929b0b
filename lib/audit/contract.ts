import { z } from 'zod'
import { countUnseen, spellOut } from '@/lib/core/hostile'
import { FIELDS, type Field } from './term'

/** What an address of the audit says, as its handlers are told it: read by `readAddress`, like the page's own. */
const view = {
  q: z.string().max(20_000).optional(),
  last: z.string().max(10).optional(),
  from: z.string().max(40).optional(),
  to: z.string().max(40).optional(),
}

/** `GET /api/console/audit/new`: how many entries have come above one (`ent_…`) in a view of the list. */
export const newEntriesQuery = z.strictObject({ after: z.string(), ...view })

export const newEntriesOutput = z.strictObject({
  count: z.int(),
  /** there are more than were counted */
  more: z.boolean(),
})
export type NewEntriesOutput = z.infer<typeof newEntriesOutput>

const field = z.enum(Object.keys(FIELDS) as [Field, ...Field[]])

/** `GET /api/console/audit/values`: what has been seen of a field that begins so, for completion. */
export const valuesQuery = z.strictObject({ ...view, field, prefix: z.string().max(200).default('') })

export const valuesOutput = z.strictObject({
  /** what to ask for, and what it is called where that is something else; both may be an agent's words */
  values: z.array(z.strictObject({ value: z.string(), label: z.string().nullable() })),
})
export type ValuesOutput = z.infer<typeof valuesOutput>

const name = z
  .string()
  .trim()
  .min(1, 'Give it a name.')
  .max(60, 'At most 60 characters.')
  .refine(
    (text) => !text.includes('\n') && countUnseen(spellOut(text)) === 0,
    'It holds characters that cannot be seen.',
  )
/** A checkbox of a form arrives as `on` or not at all. */
const shared = z.preprocess((value) => value === true || value === 'on', z.boolean())

/** `POST /api/console/audit/views`: a view to keep; `query` is what stands after the question mark of its address. */
export const saveViewInput = z.strictObject({ name, shared, query: z.string().max(20_000) })
export const changeViewInput = z.strictObject({ name, shared })
export const viewParams = z.strictObject({ id: z.uuid() })
