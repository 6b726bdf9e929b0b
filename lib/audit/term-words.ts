import { printNumber } from './term-number'
import type { Term, Terms, Value } from './term'

/** A term as a chip says it: the field, and what is asked of it. `asked` may hold an agent's words: data. */
export type TermWords = { name: string; asked: string }

/** `agent` · `is soc-triage or billing`; `amount` · `is not over 1000`. */
export function termWords(term: Term): TermWords {
  if (term.type === 'text') return { name: 'words', asked: `${term.negated ? 'without' : 'with'} “${term.text}”` }
  const not = term.negated ? 'not ' : ''
  return { name: term.field, asked: `is ${not}${term.values.map(sayValue).join(' or ')}` }
}

/** A whole filter in words: "agent is soc-triage, outcome is not allow". */
export function filterWords(terms: Terms): string {
  return terms
    .map(termWords)
    .map(({ name, asked }) => `${name} ${asked}`)
    .join(', ')
}

function sayValue(value: Value): string {
  if (value.is === 'exact') return value.text
  if (value.is === 'glob') return value.text === '*' ? 'anything' : `like ${value.text}`
  const { from, to, fromIncluded, toIncluded } = value
  if (from !== null && to === null) return `${fromIncluded ? 'at least' : 'over'} ${from}`
  if (from === null && to !== null) return `${toIncluded ? 'at most' : 'under'} ${to}`
  return from === to || from === null || to === null ? printNumber(value) : `${from} to ${to}`
}
