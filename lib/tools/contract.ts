import { z } from 'zod'
import { ACCESSES, AUDIENCES, resolveTool } from './tool'

/** What a person says, or a file suggests, that a tool does (DESIGN §4). */
export const classInput = z.strictObject({
  access: z.enum(ACCESSES, 'Say “read” or “write”.'),
  reversible: z.boolean().optional(),
  audience: z.enum(AUDIENCES).optional(),
  production: z.boolean().optional(),
  spends: z.boolean().optional(),
})

/** One line of a catalogue file. */
export const catalogueLine = z.strictObject({
  tool: z.string().max(200),
  description: z.string().max(4_000).optional(),
  class: classInput.optional(),
  schema: z.union([z.record(z.string(), z.json()), z.boolean()]).optional(),
})
export type CatalogueLine = z.infer<typeof catalogueLine>

/** `POST /api/console/tools/import` */
export const importInput = z.strictObject({
  lines: z.string().min(1, 'Paste the lines of a catalogue.').max(1_000_000),
})
export type ImportInput = z.infer<typeof importInput>

/** The answers of a form about a class: a choice each, with "not said" where the rule has a default. */
const answered = z
  .enum(['yes', 'no', ''])
  .transform((word) => (word === '' ? undefined : word === 'yes'))
  .optional()
const classAnswers = {
  access: z.enum(ACCESSES, 'Say whether it reads or writes.'),
  reversible: answered,
  audience: z.enum(AUDIENCES).default('internal'),
  production: answered,
  spends: answered,
}

const toolName = z
  .string()
  .trim()
  .max(200)
  .refine((name) => resolveTool(name) !== null, 'A tool is “server.name”: letters, digits and _ - . : / only.')

/** `POST /api/console/tools`: adds one tool; its class is a suggestion until somebody who may confirms it. */
export const registerToolInput = z.strictObject({
  tool: toolName,
  description: z.string().trim().max(2_000).default(''),
  ...classAnswers,
})
export type RegisterToolInput = z.infer<typeof registerToolInput>

/** `POST /api/console/tools/{id}/confirmation`: this is what the tool does, in my name. */
export const confirmInput = z.strictObject(classAnswers)
export type ConfirmInput = z.infer<typeof confirmInput>

/** `POST /api/console/tools/confirmations`: several at once, each as suggested. */
export const confirmManyInput = z.strictObject({
  id: z
    .union([z.uuid(), z.array(z.uuid()).max(200)])
    .optional()
    .transform((ids) => (ids === undefined ? [] : [ids].flat())),
})
