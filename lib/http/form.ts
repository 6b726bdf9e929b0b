import { fault } from '@/lib/core/fault'

/** A form as it arrived: a field that was sent more than once (checkboxes) is a list. */
export type FormValues = { [field: string]: string | string[] }

const MOST_FIELDS = 200
const FIELD = /^[A-Za-z][A-Za-z0-9_.-]{0,99}$/
const REACHES_FOR_A_PROTOTYPE = new Set(['constructor', 'prototype'])

/**
 * An `application/x-www-form-urlencoded` body (WHATWG URL §5) as an object for a contract to judge.
 * @throws Fault `invalid_request` for what no form of ours sends
 */
export function parseForm(text: string): FormValues {
  const values: FormValues = {}
  let fields = 0
  for (const [field, value] of new URLSearchParams(text)) {
    fields += 1
    if (fields > MOST_FIELDS) throw fault('invalid_request', { detail: `At most ${MOST_FIELDS} fields.` })
    if (!FIELD.test(field) || REACHES_FOR_A_PROTOTYPE.has(field))
      throw fault('invalid_request', { detail: 'The form holds a field whose name cannot be one.' })
    // Postgres text cannot hold it, and what was not UTF-8 has become a replacement character.
    if (value.includes('\u0000') || value.includes('\ufffd'))
      throw fault('invalid_request', { field, detail: 'It holds a character that cannot be stored.' })
    // A browser sends line ends as CR LF whatever the person typed (WHATWG HTML §4.10.21.5).
    const said = value.replaceAll('\r\n', '\n')
    const before = Object.hasOwn(values, field) ? values[field] : undefined
    values[field] = before === undefined ? said : [before, said].flat()
  }
  return values
}
