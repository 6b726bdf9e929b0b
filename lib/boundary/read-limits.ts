import type { Limits, Money } from './boundary'
import { parseDuration } from './duration'
import { LIMIT_KINDS, LIMITS } from './limits'
import type { Reader } from './reader'
import type { Tree } from './yaml'

const LARGEST = 1_000_000_000
const MONEY = /^(?:([0-9]{1,9}(?:\.[0-9]{1,4})?) ([A-Z]{3})|([A-Z]{3}) ([0-9]{1,9}(?:\.[0-9]{1,4})?))$/

const CURRENCIES: ReadonlySet<string> = new Set(Intl.supportedValuesOf('currency'))

/** `limits`: how much this agent does without anybody. Whole numbers; money as `500 EUR`; `run_length` as `2h`. */
export function readLimits(reader: Reader, tree: Tree): Limits {
  const limits: Record<string, number | Money> = {}
  for (const [key, { value }] of reader.map(tree, 'limits', 'limits such as "calls_per_hour: 100"', LIMITS)) {
    const name = LIMITS.find((limit) => limit === key)
    if (name === undefined) continue
    const path = `limits.${key}`
    const { measure } = LIMIT_KINDS[name]
    const [what, read] =
      measure === 'spend'
        ? (['an amount of money, such as "500 EUR"', readMoney] as const)
        : measure === 'length'
          ? (['a time, such as "2h"', readLength] as const)
          : (['a whole number', readCount] as const)
    const text = reader.text(value, path, what)
    if (text === null) continue
    const found = read(text)
    if (typeof found === 'string') reader.fail(value, path, 'out_of_range', found)
    else limits[name] = found
  }
  return limits
}

function readCount(text: string): number | string {
  const fits = /^[1-9][0-9]{0,9}$/.test(text) && Number(text) <= LARGEST
  return fits ? Number(text) : `Write a whole number from 1 to ${LARGEST}.`
}

function readLength(text: string): number | string {
  return parseDuration(text) ?? 'Write a time as "30m", "2h" or "1d".'
}

function readMoney(text: string): Money | string {
  const [, before, after, first, last] = MONEY.exec(text) ?? []
  const amount = Number(before ?? last)
  const currency = after ?? first
  if (currency !== undefined && !CURRENCIES.has(currency)) return `There is no currency “${currency}” (ISO 4217).`
  return currency !== undefined && amount > 0
    ? { amount, currency }
    : 'Write an amount and its currency (ISO 4217), such as "500 EUR", with at most four decimals.'
}
