import { isFault } from '@/lib/core/fault'
import { type JsonObject, parseJson } from '@/lib/core/json'
import type { Question } from '@/lib/decisions/would'
import { resolveTool } from '@/lib/tools/tool'

/** What an answer comes to for who asks: it runs alone, a person is asked first, or it does not run. */
export const MAY = ['alone', 'held', 'never'] as const
export type May = (typeof MAY)[number]

/** The fields of the two questions, as the address has them. */
export const MAY_FIELDS = ['tool', 'type', 'id', 'args', 'of', 'as', 'answer', 'q', 'after'] as const
export type MayField = (typeof MAY_FIELDS)[number]
/** What was asked, as it was typed. An absent field is empty. */
export type MayValues = Record<MayField, string>
export type MayError = { field: MayField; detail: string }

/** How one answer is filtered and paged: `word` in the name, after a name. */
export type MayView = { answer: May | null; word: string; after: string }
/** A call without a tool: what all tools are asked with. */
export type MayCall = Omit<Question, 'tool' | 'attributes'> & {
  /** what is said of who asks, and of the resource, for conditions; null: nothing */
  said: { subject: JsonObject; resource: JsonObject } | null
}
export type ReadMay =
  { ok: true; tool: Question['tool'] | null; call: MayCall; view: MayView } | { ok: false; errors: MayError[] }

const DEPTH = { maxBytes: 16_384, maxDepth: 16 }

/** The fields of an address as they were typed; of one given twice, the first. */
export function mayValues(params: Readonly<Record<string, unknown>>): MayValues {
  const of = (field: MayField) => {
    const value = params[field]
    const first: unknown = Array.isArray(value) ? value[0] : value
    return typeof first === 'string' ? first.trim() : ''
  }
  return Object.fromEntries(MAY_FIELDS.map((field) => [field, of(field)])) as MayValues
}

/**
 * What an address asks. Every field at fault is named. `tool` is null where none is said.
 * @param about `agents`: of a tool, on one thing; `tools`: a kind of thing alone says which tools
 */
export function readMay(values: MayValues, about: 'agents' | 'tools'): ReadMay {
  const errors: MayError[] = []
  const object = (field: 'args' | 'of' | 'as', what: string): JsonObject | null => {
    if (values[field] === '') return null
    try {
      const value = parseJson(values[field], DEPTH)
      if (value !== null && typeof value === 'object' && !Array.isArray(value)) return value
      errors.push({ field, detail: `${what} are a JSON object: {"amount": 120}.` })
    } catch (error) {
      if (!isFault(error)) throw error
      errors.push({ field, detail: `${what} are not JSON that is accepted: ${error.message}` })
    }
    return null
  }
  const tool = values.tool === '' ? null : resolveTool(values.tool)
  if (values.tool !== '' && tool === null)
    errors.push({ field: 'tool', detail: 'A tool is “server.name”: letters, digits and _ - . : / only.' })
  const { type, id } = values
  if (id !== '' && type === '') errors.push({ field: 'type', detail: 'Say what kind of thing it is: order, record.' })
  if (about === 'agents' && type !== '' && id === '')
    errors.push({ field: 'id', detail: 'Say which one, or leave the kind out.' })
  if (type.length > 128) errors.push({ field: 'type', detail: 'At most 128 characters.' })
  if (id.length > 512) errors.push({ field: 'id', detail: 'At most 512 characters.' })
  const args = object('args', 'Arguments')
  const resource = object('of', 'Properties of the resource')
  const subject = object('as', 'Properties of who asks')
  if (resource !== null && id === '')
    errors.push({ field: 'id', detail: 'Name the resource whose properties these are.' })
  const answer = MAY.find((each) => each === values.answer) ?? null
  if (values.answer !== '' && answer === null)
    errors.push({ field: 'answer', detail: 'An answer is alone, held or never.' })
  if (errors.length > 0) return { ok: false, errors }
  return {
    ok: true,
    tool,
    call: {
      arguments: args,
      ...(id !== '' && { resource: { type, id } }),
      said: resource === null && subject === null ? null : { subject: subject ?? {}, resource: resource ?? {} },
    },
    view: { answer, word: values.q.toLowerCase().slice(0, 63), after: values.after.slice(0, 193) },
  }
}

/** A call of one agent: what is said of subject and resource is told beside it, as an enforcement point would. */
export function questionOf({ said, ...call }: MayCall, tool: Question['tool'], slug: string): Question {
  if (said === null) return { ...call, tool }
  return {
    ...call,
    tool,
    attributes: { subject: { type: 'agent', id: slug, properties: said.subject }, resource: said.resource },
  }
}
