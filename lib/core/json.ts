import { fault } from './fault'

export type JsonPrimitive = string | number | boolean | null
export type JsonValue = JsonPrimitive | JsonValue[] | JsonObject
export type JsonObject = { [key: string]: JsonValue }

/** What a body may cost before it is looked at. Bytes are UTF-8 bytes; a depth of 1 is an array or object of scalars. */
export type JsonLimits = {
  maxBytes: number
  maxDepth: number
  /** Let U+0000 through: Postgres text cannot hold it, so only callers that store bytes may ask for this. */
  allowNul?: boolean
  /** Round numbers no double can carry instead of refusing them: only where nothing is signed, bound or executed by them. */
  round?: boolean
}

export const DEFAULT_JSON_LIMITS: JsonLimits = { maxBytes: 1_048_576, maxDepth: 64 }

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
// Under the u flag a surrogate that belongs to a pair is not a character of its own, so this finds only lone ones.
const LONE_SURROGATE = /\p{Surrogate}/u
const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y
const LITERALS: Readonly<Record<string, string>> = { t: 'true', f: 'false', n: 'null' }
const ESCAPES = new Set('"\\/bfnrt')

type Level = { object: boolean; keys: Set<string> | null; first: string | null; key: string | null; index: number }

/**
 * JSON (RFC 8259) from outside, refused before anything is built of it when it is too large, not UTF-8, too deep, or says
 * things two readers could understand differently: duplicate keys, lone surrogates, numbers a double cannot carry (I-JSON,
 * RFC 7493 §2; two 64-bit ids must not share one digest), and keys that reach for a prototype. Linear in the input, and
 * without recursion.
 * @throws Fault `too_large`, or `invalid_json` with the place in `field` (`arguments.items[3]`) when there is one
 */
export function parseJson(input: Uint8Array | string, limits: JsonLimits = DEFAULT_JSON_LIMITS): JsonValue {
  const text = decode(input, limits.maxBytes)
  new Scanner(text, limits).scan()
  return JSON.parse(text) as JsonValue
}

function decode(input: Uint8Array | string, maxBytes: number): string {
  if (input.length > maxBytes) throw tooLarge(maxBytes)
  if (typeof input === 'string') {
    // A UTF-16 unit is at most three bytes of UTF-8, so that most texts need not be counted.
    if (input.length * 3 > maxBytes && new TextEncoder().encode(input).length > maxBytes) throw tooLarge(maxBytes)
    if (LONE_SURROGATE.test(input)) throw fault('invalid_json', { detail: 'The text holds half of a surrogate pair.' })
    return input
  }
  try {
    return utf8.decode(input)
  } catch {
    throw fault('invalid_json', { detail: 'The body is not UTF-8.' })
  }
}

function tooLarge(maxBytes: number) {
  return fault('too_large', { detail: `At most ${maxBytes} bytes are accepted.` })
}

/** One pass over the text with an explicit stack: it judges, and builds nothing but the keys of the objects still open. */
class Scanner {
  private at = 0
  private readonly open: Level[] = []

  constructor(
    private readonly text: string,
    private readonly limits: JsonLimits,
  ) {}

  scan(): void {
    do {
      this.space()
      if (this.value()) continue
      this.close()
    } while (this.open.length > 0)
    this.space()
    if (this.at < this.text.length) this.fail('Something follows the end of the JSON value')
  }

  /** Reads one value or opens one container; true when it opened one that is not empty, so that a value comes next. */
  private value(): boolean {
    const c = this.text.charAt(this.at)
    if (c === '{' || c === '[') {
      this.push(c === '{')
      this.space()
      if (this.text.charAt(this.at) !== (c === '{' ? '}' : ']')) {
        if (c === '{') this.member()
        return true
      }
    } else if (c === '"') this.string()
    else if (Object.hasOwn(LITERALS, c)) this.literal(LITERALS[c] ?? '')
    else this.number()
    return false
  }

  /** After a value: the closing brackets that follow it, up to the comma that announces the next one. */
  private close(): void {
    for (let level = this.open.at(-1); level; level = this.open.at(-1)) {
      this.space()
      const c = this.text.charAt(this.at)
      if (c === ',') {
        this.at += 1
        if (level.object) {
          this.space()
          this.member()
        } else level.index += 1
        return
      }
      if (c !== (level.object ? '}' : ']')) this.fail(`Expected "," or "${level.object ? '}' : ']'}"`)
      this.at += 1
      this.open.pop()
    }
  }

  private push(object: boolean): void {
    if (this.open.length >= this.limits.maxDepth) this.fail(`Nested deeper than ${this.limits.maxDepth} levels`)
    this.open.push({ object, keys: null, first: null, key: null, index: 0 })
    this.at += 1
  }

  private member(): void {
    const level = this.open.at(-1) as Level
    if (this.text.charAt(this.at) !== '"') this.fail('Expected a key in double quotes')
    const key = this.string()
    if (level.first === null) level.first = key
    else {
      // The set is only made for a second key: most objects of a hostile pile of "{" never get one.
      level.keys ??= new Set([level.first])
      if (level.keys.has(key)) this.duplicate(level, key)
      level.keys.add(key)
    }
    level.key = key
    if (key === '__proto__' || (key === 'prototype' && this.open.at(-2)?.key === 'constructor')) {
      this.fail('A key reaches for a prototype')
    }
    this.space()
    if (this.text.charAt(this.at) !== ':') this.fail('Expected ":" after a key')
    this.at += 1
  }

  private duplicate(level: Level, key: string): void {
    level.key = key
    this.fail('The same key appears twice in one object')
  }

  /** Reads a string and answers its value when it is a key; a value's text is only built here when it holds escapes. */
  private string(): string {
    const start = this.at
    let escaped = false
    for (this.at += 1; ; this.at += 1) {
      const c = this.text.charCodeAt(this.at)
      if (c === 0x22) break
      if (c === 0x5c) {
        escaped = true
        this.escape()
      } else if (!(c >= 0x20))
        this.fail(Number.isNaN(c) ? 'A string is not closed' : 'A control character is not escaped')
    }
    this.at += 1
    const expectsKey = this.open.at(-1)?.object === true
    if (!escaped) return expectsKey ? this.text.slice(start + 1, this.at - 1) : ''
    const value = JSON.parse(this.text.slice(start, this.at)) as string
    if (LONE_SURROGATE.test(value)) this.fail('An escape is half of a surrogate pair')
    if (this.limits.allowNul !== true && value.includes('\0')) this.fail('U+0000 cannot be stored')
    return value
  }

  private escape(): void {
    this.at += 1
    const c = this.text.charAt(this.at)
    if (c === 'u') {
      if (!/^[0-9a-fA-F]{4}$/.test(this.text.slice(this.at + 1, this.at + 5))) this.fail('"\\u" needs four hex digits')
      this.at += 4
    } else if (!ESCAPES.has(c)) this.fail('This escape is not JSON')
  }

  private number(): void {
    NUMBER.lastIndex = this.at
    const digits = NUMBER.exec(this.text)?.[0]
    if (digits === undefined)
      this.fail(this.at < this.text.length ? 'Expected a JSON value' : 'The JSON ends too early')
    else if (digits.length > 15 || /[eE]/.test(digits)) this.precise(digits)
    this.at += digits?.length ?? 0
  }

  private precise(digits: string): void {
    const value = Number(digits)
    if (!Number.isFinite(value)) this.fail('A number is out of range')
    if (this.limits.round === true) return
    const significant = digits
      .replace(/[eE].*$/, '')
      .replace(/[-.]/g, '')
      .replace(/^0+/, '')
      .replace(/0+$/, '')
    // 17 significant digits are the most any double needs; an integer must be the double it becomes.
    const exact = /[.eE]/.test(digits)
      ? significant.length <= 17
      : digits.length < 400 && BigInt(digits) === BigInt(value)
    if (!exact) this.fail('A number is more precise than a JSON number can carry: send it as a string')
  }

  private literal(word: string): void {
    if (!this.text.startsWith(word, this.at)) this.fail('Expected a JSON value')
    this.at += word.length
  }

  private space(): void {
    for (; ; this.at += 1) {
      const c = this.text.charCodeAt(this.at)
      if (c !== 0x20 && c !== 0x0a && c !== 0x0d && c !== 0x09) return
    }
  }

  private fail(what: string): never {
    const field = this.open
      .slice(0, 16)
      .map((level) => (level.object ? (level.key === null ? '' : `.${level.key.slice(0, 64)}`) : `[${level.index}]`))
      .join('')
      .replace(/^\./, '')
    throw fault('invalid_json', { ...(field && { field }), detail: `${what} (character ${this.at + 1}).` })
  }
}

/** How much there is to look at in a value: one for every scalar, list, object and key, and one more for every 16 characters. */
export function jsonSize(value: JsonValue): number {
  let size = 0
  const left: JsonValue[] = [value]
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    size += 1
    if (typeof next === 'string') size += next.length >> 4
    else if (Array.isArray(next)) for (const item of next) left.push(item)
    else if (next !== null && typeof next === 'object') {
      for (const key of Object.keys(next)) {
        size += 1 + (key.length >> 4)
        left.push(next[key] as JsonValue)
      }
    }
  }
  return size
}
