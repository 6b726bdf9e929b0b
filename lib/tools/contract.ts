import { z } from 'zod'
import { ACCESSES, AUDIENCES, isServerName, resolveTool, SURFACES } from './tool'

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
  surface: z.enum(SURFACES, 'Say “commands”, “code” or “data”.').optional(),
  schema: z.union([z.record(z.string(), z.json()), z.boolean()]).optional(),
})
export type CatalogueLine = z.infer<typeof catalogueLine>

/** `POST /api/console/tools/import` */
export const importInput = z.strictObject({
  lines: z.string().min(1, 'Paste the lines of a catalogue.').max(1_000_000),
})
export type ImportInput = z.infer<typeof importInput>

/** `POST /api/console/tools/lists`: what an MCP server answered to tools/list. */
export const listInput = z.strictObject({
  server: z.string().trim().refine(isServerName, 'A server is named in letters, digits, _ and - only, at most 64.'),
  list: z.string().min(1, 'Paste what the server answered to tools/list.').max(1_000_000),
})

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

const surfaceAnswer = z
  .enum([...SURFACES, ''], 'Say what it is a way to.')
  .transform((word) => (word === '' ? null : word))
  .default(null)

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
export const confirmInput = z.strictObject({
  ...classAnswers,
  surface: surfaceAnswer,
  /** hex of the digest the person read; a changed tool is confirmed by nothing less */
  digest: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .optional(),
})
export type ConfirmInput = z.infer<typeof confirmInput>

// A tool, or a tool as it was read: `ID~DIGEST`.
const chosen = z.string().regex(/^[0-9a-f-]{36}(?:~[0-9a-f]{64})?$/)

/** `POST /api/console/tools/confirmations`: several at once, each as suggested. */
export const confirmManyInput = z.strictObject({
  id: z
    .union([chosen, z.array(chosen).max(200)])
    .optional()
    .transform((ids) =>
      (ids === undefined ? [] : [ids].flat()).map((each) => {
        const [id = '', digest = null] = each.split('~')
        return { id, digest }
      }),
    ),
})

const VIEWS = ['all', 'unconfirmed', 'changed', 'confirmed', 'seen'] as const
const PARAMS = z.object({
  show: z.enum(VIEWS).catch('all'),
  q: z.string().trim().max(100).catch(''),
})
export type ToolsView = z.infer<typeof PARAMS>

/** What the address of the catalogue asks for; what cannot be read is left out. */
export function toolsView(params: Record<string, unknown>): ToolsView {
  return PARAMS.parse(params)
}
