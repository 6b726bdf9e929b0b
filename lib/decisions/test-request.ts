import type { JsonObject, JsonValue } from '@/lib/core/json'

/**
 * What is wrong with a planted test request: closed. Each is something a person who reads would refuse, and nothing else about the
 * request is changed.
 */
export const FLAWS = {
  amount: {
    title: 'an amount a hundred times the usual',
    look: 'Hold the amount against what this agent asked for before.',
  },
  recipient: {
    title: 'a recipient outside the organisation',
    look: 'Read where it goes, up to the end of the address.',
  },
  account: {
    title: 'another account than ever before',
    look: 'Hold the account against the earlier requests of this kind.',
  },
} as const satisfies Record<string, { title: string; look: string }>
export type Flaw = keyof typeof FLAWS
export const FLAW_NAMES = Object.keys(FLAWS) as [Flaw, ...Flaw[]]

/** A request spoilt: what it asks for now, and where it differs from the past it was made from. */
export type Spoilt = {
  flaw: Flaw
  arguments: JsonObject
  /** the argument, as `payee.iban` */
  at: string
  was: string
  is: string
}

type Leaf = { path: readonly string[]; value: string | number }

const KEYS: Record<Flaw, RegExp> = {
  amount: /amount|sum|total|price|value|budget|quantity|qty/i,
  recipient: /./,
  account: /iban|account|acct|bank|beneficiary|payee|wallet|sort_?code/i,
}
const MAIL = /^([^@\s<>"]+)@([^@\s<>"]+\.[^@\s<>".]+)$/
const TIMES = 100

/**
 * Makes one thing of a request wrong. Pure; null where nothing in it can be made wrong in this way. An invented address ends in
 * `.example` (RFC 2606), so that it is nobody's.
 * @param past the arguments of earlier requests for the same tool, the one to be spoilt first
 * @param digit a random digit each time it is asked
 */
export function spoil(flaw: Flaw, past: readonly JsonObject[], digit: () => number): Spoilt | null {
  const [request, ...others] = past
  if (request === undefined) return null
  for (const leaf of leavesOf(request)) {
    if (!KEYS[flaw].test(leaf.path.filter((key) => !/^\d+$/.test(key)).at(-1) ?? '')) continue
    const before = [request, ...others].flatMap((args) => valueAt(args, leaf.path) ?? [])
    const value = wrong(flaw, leaf.value, before, digit)
    if (value === null) continue
    return {
      flaw,
      arguments: withValue(request, leaf.path, value) as JsonObject,
      at: leaf.path.join('.'),
      was: String(leaf.value),
      is: String(value),
    }
  }
  return null
}

function wrong(
  flaw: Flaw,
  value: string | number,
  before: readonly (string | number)[],
  digit: () => number,
): string | number | null {
  switch (flaw) {
    case 'amount': {
      const numbers = before
        .filter((one) => typeof one === 'number' && one > 0)
        .toSorted((a, b) => Number(a) - Number(b))
      const usual = Number(numbers[Math.floor(numbers.length / 2)] ?? 0)
      return typeof value === 'number' && usual > 0 && Number.isFinite(usual * TIMES) ? round(usual * TIMES) : null
    }
    case 'recipient': {
      const [, local, domain = ''] = (typeof value === 'string' ? MAIL.exec(value) : null) ?? []
      if (local === undefined || (domain.endsWith('.example') && domain.includes('-desk.'))) return null
      return `${local}@${domain.split('.')[0] ?? 'mail'}-desk.example`
    }
    case 'account': {
      const text = String(value)
      if ((text.match(/\d/g)?.length ?? 0) < 4) return null
      // the first two digits stay: a country's check digits are not where people look
      for (let tries = 0; tries < 20; tries += 1) {
        let seen = 0
        const other = text.replace(/\d/g, (was) => ((seen += 1) <= 2 ? was : String(digit())))
        if (!before.map(String).includes(other)) return typeof value === 'number' ? Number(other) : other
      }
      return null
    }
  }
}

const round = (value: number): number => Math.round(value * 100) / 100

function leavesOf(value: JsonValue, path: readonly string[] = []): Leaf[] {
  if (typeof value === 'string' || typeof value === 'number') return path.length === 0 ? [] : [{ path, value }]
  if (typeof value !== 'object' || value === null || path.length > 4) return []
  return Object.entries(value).flatMap(([key, inner]) => leavesOf(inner, [...path, key]))
}

function valueAt(value: JsonValue, path: readonly string[]): string | number | undefined {
  const found = path.reduce<JsonValue | undefined>(
    (inner, key) =>
      typeof inner === 'object' && inner !== null ? (inner as Record<string, JsonValue>)[key] : undefined,
    value,
  )
  return typeof found === 'string' || typeof found === 'number' ? found : undefined
}

function withValue(value: JsonValue, [key, ...rest]: readonly string[], to: string | number): JsonValue {
  if (key === undefined) return to
  if (Array.isArray(value))
    return value.map((inner, at): JsonValue => (String(at) === key ? withValue(inner, rest, to) : inner))
  const object = value as Record<string, JsonValue>
  return { ...object, [key]: withValue(object[key] ?? null, rest, to) }
}

/** How a test request ended: a rejection found it, an approval did not. */
export type Found = 'found' | 'missed' | 'unanswered'

/** What its approver is told right after the verdict. */
export function toldWords(found: boolean): string {
  return found
    ? 'This was a test. You found it: nothing of it would have been done, and your answer is counted as one that was read.'
    : 'This was a test. You did not find it: nothing is done, since no action stands behind it. Here is what to look for.'
}

const DAY_MS = 86_400_000
const OPENS_AT_HOUR = 9
const HOURS = 8

/**
 * When in a month planned tests come: so many moments, each within working hours of a working day, as local times without a zone
 * (`2027-03-09T14:32`), in order. The same for the same bytes; replicas draw the same.
 * @param month `2027-03`
 * @param random at least 4 bytes for each
 */
export function momentsIn(month: string, count: number, random: Uint8Array): string[] {
  const first = Date.parse(`${month}-01T00:00:00Z`)
  const days = Array.from({ length: 31 }, (_, at) => new Date(first + at * DAY_MS)).filter(
    (day) => day.toISOString().startsWith(month) && day.getUTCDay() % 6 !== 0,
  )
  return Array.from({ length: count }, (_, at) => {
    const [a = 0, b = 0, c = 0, d = 0] = random.subarray(at * 4, at * 4 + 4)
    const day = days[(a * 256 + b) % days.length] ?? new Date(first)
    const minute = (c * 256 + d) % (HOURS * 60)
    return new Date(day.getTime() + (OPENS_AT_HOUR * 60 + minute) * 60_000).toISOString().slice(0, 16)
  }).toSorted()
}
