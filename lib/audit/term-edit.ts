import { printValue } from './term-print'
import { FIELDS, type Field, type Term, type Terms, type Value } from './term'

/** A value a screen shows, as the bar asks for it: exactly it, and for a number the range from itself to itself. */
export function valueFor(field: Field, text: string): Value {
  const number = Number(text)
  return FIELDS[field].form === 'number' && text !== '' && Number.isFinite(number)
    ? { is: 'range', from: number, to: number, fromIncluded: true, toIncluded: true }
    : { is: 'exact', text }
}

/** Only what has this value: what the field was asked for before gives way to it. */
export function filterFor(terms: Terms, field: Field, text: string): Terms {
  const value = valueFor(field, text)
  const rest = terms.filter((term) => !(term.type === 'field' && term.field === field && !term.negated))
  return [...without(rest, field, value, true), { type: 'field', field, negated: false, values: [value] }]
}

/** Nothing that has this value, beside what is left out already. */
export function filterOut(terms: Terms, field: Field, text: string): Terms {
  const value = valueFor(field, text)
  return add(without(terms, field, value, false), field, value, true)
}

/** Asks for this value too, or no longer: the tick of a facet. */
export function toggled(terms: Terms, field: Field, text: string): Terms {
  const value = valueFor(field, text)
  if (asksFor(terms, field, text)) return without(terms, field, value, false)
  return add(without(terms, field, value, true), field, value, false)
}

/** Whether a term asks for exactly this value. */
export function asksFor(terms: Terms, field: Field, text: string): boolean {
  const written = printValue(valueFor(field, text))
  return terms.some((term) => isOf(term, field, false) && term.values.some((value) => printValue(value) === written))
}

/** All terms but the one at a place. */
export function withoutTerm(terms: Terms, at: number): Terms {
  return terms.filter((_, place) => place !== at)
}

type FieldTerm = Extract<Term, { type: 'field' }>
const isOf = (term: Term, field: Field, negated: boolean): term is FieldTerm =>
  term.type === 'field' && term.field === field && term.negated === negated

function without(terms: Terms, field: Field, value: Value, negated: boolean): Terms {
  const written = printValue(value)
  return terms.flatMap((term): Term[] => {
    if (!isOf(term, field, negated)) return [term]
    const [first, ...rest] = term.values.filter((one) => printValue(one) !== written)
    return first ? [{ ...term, values: [first, ...rest] }] : []
  })
}

/** Adds a value to the first term that joins such values by OR, or as a term of its own. */
function add(terms: Terms, field: Field, value: Value, negated: boolean): Terms {
  const at = terms.findIndex((term) => isOf(term, field, negated))
  const term = terms[at]
  if (!term || !isOf(term, field, negated)) return [...terms, { type: 'field', field, negated, values: [value] }]
  const written = printValue(value)
  if (term.values.some((one) => printValue(one) === written)) return terms
  return terms.with(at, { ...term, values: [...term.values, value] })
}
