import type { ApiProblem } from '../shell/api'
import type { Fault } from './source-field'

type AnyError = { field?: string; detail: string; line?: number; column?: number }

/** Whether an error is about a place in the text. */
export const isOfSource = (field: string | undefined): boolean => field?.startsWith('source') === true

/** Of what a save was refused for, what has a place in the text. */
export function faultsOf(errors: readonly AnyError[]): Fault[] {
  return errors.flatMap(({ field, detail, line, column }) =>
    isOfSource(field) && line !== undefined
      ? [{ line, column: column ?? 1, detail, path: field?.slice('source.'.length) }]
      : [],
  )
}

/** And what has not. */
export function othersOf({ errors, field, message }: ApiProblem): { field?: string; detail: string }[] {
  const rest = errors.filter((error) => !isOfSource(error.field))
  return errors.length === 0 ? [{ field, detail: message }] : rest
}

/** The faults in one line, for the top of the form. */
export function summaryOf(faults: readonly Fault[]): string {
  const [first] = faults
  const more = faults.length > 1 ? ` and ${String(faults.length - 1)} more` : ''
  return first === undefined
    ? ''
    : `Line ${String(first.line)}, column ${String(first.column)}${more}: listed under the text.`
}
