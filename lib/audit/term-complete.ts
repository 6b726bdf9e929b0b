import { asField } from './term-choices'
import { printValue } from './term-print'
import { FIELDS, type Field } from './term'

/** What is being typed at the caret, and the place that a completion would take: `[at, at + length)`. */
export type Completing =
  | { kind: 'field'; prefix: string; at: number; length: number }
  | { kind: 'value'; field: Field; prefix: string; at: number; length: number; inGroup: boolean }

/**
 * What the caret stands in: the name of a field, the value of one, or neither (free text between quotes, a number). Reads as
 * far as it can be read and never objects: the text is not finished.
 */
export function completing(text: string, caret: number): Completing | null {
  let start = 0
  let field: Field | null = null
  let inGroup = false
  let quote: number | null = null
  for (let at = 0; at < caret; at += 1) {
    const character = text.charAt(at)
    if (quote !== null) {
      if (character === '\\') at += 1
      else if (/["”]/u.test(character)) quote = null
    } else if (/["“„]/u.test(character)) quote = at
    else if (/\s/u.test(character)) {
      start = at + 1
      if (!inGroup) field = null
    } else if (character === ':' && field === null) {
      field = asField(text.slice(start, at).replace(/^-/u, ''))
      if (field) start = at + 1
    } else if (character === '(' && field !== null) {
      inGroup = true
      start = at + 1
    } else if (character === ')') {
      inGroup = false
      field = null
      start = at + 1
    }
  }
  const from = quote ?? start
  const end = endOf(text, caret)
  if (field !== null) {
    if (FIELDS[field].form === 'number') return null
    const prefix = text.slice(quote === null ? from : from + 1, caret)
    return { kind: 'value', field, prefix: prefix.replaceAll('\\', ''), at: from, length: end - from, inGroup }
  }
  const word = text.slice(from, caret)
  const sign = word.startsWith('-') ? 1 : 0
  return quote === null && /^-?[A-Za-z_]*$/u.test(word)
    ? { kind: 'field', prefix: word.slice(sign), at: from + sign, length: end - from - sign }
    : null
}

/** The text with a field or a value in place of what was being typed, and where the caret then stands. */
export function completed(text: string, place: Completing, chosen: string): { text: string; caret: number } {
  const before = text.slice(0, place.at)
  const after = text.slice(place.at + place.length)
  const put =
    place.kind === 'field'
      ? `${chosen}:`
      : printValue({ is: 'exact', text: chosen }) + (place.inGroup || /^\s/u.test(after) ? '' : ' ')
  const rest = place.kind === 'field' ? after.replace(/^:/u, '') : after
  return { text: before + put + rest, caret: before.length + put.length }
}

function endOf(text: string, caret: number): number {
  const rest = /^[^\s()"“”:]*["”]?/u.exec(text.slice(caret))?.[0] ?? ''
  return caret + rest.length
}
