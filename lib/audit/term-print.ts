import { printNumber } from './term-number'
import type { Term, Terms, Value } from './term'

/** Plain enough to stand without quotes, whatever its neighbours. */
const PLAIN = /^[\p{L}\p{N}_@/.+#][\p{L}\p{M}\p{N}_@/.:+#-]*$/u
const RESERVED = /^(and|or|not)$/iu
/** What nobody would see: spelled by its number, so that it can be read, copied and typed. Plain spaces stay. */
const UNSEEN =
  /\p{C}|[^\S ]|[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\uffa0\ufe00-\ufe0f\u{e0100}-\u{e01ef}]/u
const ALL_UNSEEN = new RegExp(UNSEEN, 'gu')
/** What the scanner would object to in a word without quotes. */
const UNCLEAR = /[：（）＊＞＜＂－…]|^[-<>]|,$/gu

/** The bar's text for terms: `parseTerms` of it gives the same terms back (held by `term.properties.test.ts`). */
export function printTerms(terms: Terms): string {
  return terms.map(printTerm).join(' ')
}

/** One term as it is written in the bar. */
export function printTerm(term: Term): string {
  const sign = term.negated ? '-' : ''
  if (term.type === 'text') return `${sign}${quoted(term.text)}`
  const [first, ...rest] = term.values.map(printValue)
  const values = rest.length > 0 ? `(${[first, ...rest].join(' OR ')})` : (first ?? '')
  return `${sign}${term.field}:${values}`
}

/** One value as it is written after a colon. */
export function printValue(value: Value): string {
  switch (value.is) {
    case 'range':
      return printNumber(value)
    case 'glob':
      return spelled(value.text.replaceAll('\\', '\\\\').replace(/["“”„‟() ]/gu, '\\$&')).replace(UNCLEAR, spell)
    case 'exact':
      return isPlain(value.text) ? value.text : quoted(value.text)
  }
}

const isPlain = (text: string): boolean => PLAIN.test(text) && !RESERVED.test(text) && !UNSEEN.test(text)
const quoted = (text: string): string => `"${spelled(text.replaceAll('\\', '\\\\').replaceAll('"', '\\"'))}"`
const spelled = (text: string): string => text.replace(ALL_UNSEEN, spell)
const spell = (character: string): string => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`
