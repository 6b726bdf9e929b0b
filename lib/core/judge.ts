import type { z } from 'zod'
import { fault } from './fault'

/**
 * Judges input by its contract and answers what the contract made of it.
 * @throws Fault `invalid_request` naming every field at fault
 */
export function judge<S extends z.ZodType>(schema: S, value: unknown): z.output<S> {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const errors = parsed.error.issues.flatMap(inWords).slice(0, 20)
  const [first] = errors
  throw fault('invalid_request', { field: first?.field, detail: first?.detail, errors })
}

function inWords(issue: z.core.$ZodIssue): { field: string; detail: string }[] {
  const field = issue.path.join('.')
  if (issue.code === 'unrecognized_keys')
    return issue.keys.slice(0, 5).map((key) => ({
      field: [...issue.path, key].join('.').slice(0, 100),
      detail: 'There is no such field here.',
    }))
  if (issue.code === 'invalid_type' && issue.input === undefined && issue.message.startsWith('Invalid input'))
    return [{ field, detail: 'Fill this in.' }]
  return [{ field, detail: issue.message }]
}
