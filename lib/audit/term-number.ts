import { object, type Scan, type Word } from './term-scan'
import type { Field, Value } from './term'

const NUMBER = String.raw`-?\d+(?:\.\d+)?(?:e[+-]?\d+)?`
const ALONE = new RegExp(`^${NUMBER}$`, 'i')
const COMPARED = new RegExp(`^(>=|<=|>|<)(${NUMBER})$`, 'i')
const BETWEEN = new RegExp(String.raw`^(>=|>)?(${NUMBER})?\.\.(<=|<)?(${NUMBER})?$`, 'i')

/** `>1000`, `>=`, `<`, `<=`, `100..200`, `100..`, `>1..<2` or a number alone, which is the range from itself to itself. */
export function readNumber(scan: Scan, field: Field, { at, length, text, quoted }: Word): Value | null {
  const says = `${field} is a number: 5, >5, >=5, <5, <=5 or 1..5.`
  if (quoted) {
    object(scan, at, length, `${says} It stands without quotes.`, ALONE.test(text) ? text : undefined)
    return null
  }
  const range = rangeOf(text)
  if (range === null) {
    object(scan, at, length, says)
    return null
  }
  if (range.from !== null && range.to !== null && range.from > range.to) {
    object(scan, at, length, 'This range ends before it begins.', `${range.to}..${range.from}`)
    return null
  }
  return range
}

type Span = Extract<Value, { is: 'range' }>

function rangeOf(text: string): Span | null {
  if (ALONE.test(text)) return span(text, text, true, true)
  const compared = COMPARED.exec(text)
  if (compared) {
    const [, sign = '', number] = compared
    return sign.startsWith('>')
      ? span(number, undefined, sign === '>=', false)
      : span(undefined, number, false, sign === '<=')
  }
  const between = BETWEEN.exec(text)
  if (!between) return null
  const [, after, from, before, to] = between
  if (from === undefined && to === undefined) return null
  if ((from === undefined && after !== undefined) || (to === undefined && before !== undefined)) return null
  return span(from, to, from !== undefined && after !== '>', to !== undefined && before !== '<')
}

function span(
  from: string | undefined,
  to: string | undefined,
  fromIncluded: boolean,
  toIncluded: boolean,
): Span | null {
  const ends = { from: from === undefined ? null : Number(from), to: to === undefined ? null : Number(to) }
  if ([ends.from, ends.to].some((end) => end !== null && !Number.isFinite(end))) return null
  return { is: 'range', ...ends, fromIncluded, toIncluded }
}

/** A range as it is written; `readNumber` of it gives the same range back. */
export function printNumber({ from, to, fromIncluded, toIncluded }: Span): string {
  if (from !== null && to !== null) {
    if (from === to && fromIncluded && toIncluded) return String(from)
    return `${fromIncluded ? '' : '>'}${from}..${toIncluded ? '' : '<'}${to}`
  }
  if (from !== null) return `${fromIncluded ? '>=' : '>'}${from}`
  return `${toIncluded ? '<=' : '<'}${to ?? 0}`
}
