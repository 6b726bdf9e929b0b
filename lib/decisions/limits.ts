import type { Limits, Money } from '@/lib/boundary/boundary'
import { LIMIT_KINDS, type LimitName, LIMITS, limitWords } from '@/lib/boundary/limits'
import type { JsonObject, JsonValue } from '@/lib/core/json'
import type { CatalogueTool } from '@/lib/tools/tool'
import { type Reason, reasonFor, STEPS } from './decision'
import type { Evaluation, Facts } from './facts'

/** One counter a call is counted in: its name, how far it may go, and how much this call adds. Money in ten-thousandths. */
export type Cap = { window: string; cap: number; amount: number }
/** What is taken of a counter; `cap` is null where it may go beyond. */
export type Taken = Omit<Cap, 'cap'> & { cap: number | null }

const SCALE = 10_000
const UNCOUNTED = 'What it spends cannot be counted against its limit, so a person is asked.'
const DECIMAL = /^[0-9]{1,9}(?:\.[0-9]{1,4})?$/

/**
 * What a call spends: null where it spends nothing that is counted, `unreadable` where nobody can tell how much. Counted are tools
 * that a person classed as spending, and tools without a class whose arguments name an amount.
 */
export function spendOf(tool: CatalogueTool | null, args: JsonObject): Money | 'unreadable' | null {
  const known = tool?.class ?? null
  if (known === null ? !Object.hasOwn(args, 'amount') : known.spends !== true) return null
  const amount = numberOf(args.amount)
  const currency = args.currency
  if (amount === null || typeof currency !== 'string' || !/^[A-Za-z]{3}$/.test(currency)) return 'unreadable'
  return { amount, currency: currency.toUpperCase() }
}

/** Money in ten-thousandths, a fraction of one counted as one; what binary fractions leave over is not a fraction. */
const units = (amount: number): number => Math.ceil(amount * SCALE - 1e-6)

function numberOf(value: JsonValue | undefined): number | null {
  const number = typeof value === 'string' && DECIMAL.test(value) ? Number(value) : value
  return typeof number === 'number' && number >= 0 && number <= 1_000_000_000 ? number : null
}

/** The counter of a limit: calls by their period alone, money and tokens by what they are (`spend:EUR:day`, `tokens:hour`). */
function windowOf(name: LimitName, limit: number | Money): string {
  const { measure, period } = LIMIT_KINDS[name]
  if (measure === 'calls') return String(period)
  return typeof limit === 'number' ? `${measure}:${String(period)}` : `spend:${limit.currency}:${String(period)}`
}

/** Step 9 (C39): the limits of one document that this call would pass. What it spends counts before it is spent. */
export function limitReasons(limits: Limits, facts: Facts, section: string): Reason[] {
  const { used, run, now, tool, action } = facts
  return LIMITS.flatMap((name): Reason[] => {
    const limit = limits[name]
    if (limit === undefined) return []
    const reached = (detail?: string) => [reasonFor('limit_reached', STEPS.limits, `${section}.${name}`, detail)]
    const { measure } = LIMIT_KINDS[name]
    if (measure === 'runs') return [] // refused when a run is opened, which is no decision
    if (measure === 'length')
      return run.openedAt === null || now - run.openedAt < Number(limit)
        ? []
        : reached(`A run may go on for ${limitWords(name, limit)}.`)
    const before = used[windowOf(name, limit)] ?? 0
    if (typeof limit === 'number') return before < limit ? [] : reached(`It may have ${limitWords(name, limit)} alone.`)
    const spends = spendOf(tool, action.arguments)
    if (spends === null) return []
    const uncounted = (detail: string) => reached(detail).map((reason) => ({ ...reason, text: UNCOUNTED }))
    if (spends === 'unreadable') return uncounted('Nobody can tell from its arguments how much it spends.')
    if (spends.currency !== limit.currency) return uncounted(`The limit is ${limitWords(name, limit)}.`)
    if (before + units(spends.amount) <= units(limit.amount)) return []
    const [spent, more] = [before / SCALE, spends.amount].map((amount) => limitWords(name, { ...limit, amount }))
    return reached(`Of ${limitWords(name, limit)}, ${String(spent)} is spent, and this is ${String(more)}.`)
  })
}

/**
 * Labels for an entry that waits at a limit which is used up: `reached_spend_per_day`. What only cannot be counted (an amount nobody
 * can read, another currency) uses nothing up.
 */
export function reachedLimits(reasons: readonly Reason[]): string[] {
  const names = reasons
    .filter(({ code, text }) => code === 'limit_reached' && text !== UNCOUNTED)
    .map(({ rule }) => `reached_${rule?.split('.').at(-1) ?? ''}`)
  return [...new Set(names)]
}

/** The counters an allowed call is counted in, the strictest limit of each (C39, C44); checked and moved in the deciding call. */
export function capsOf(all: readonly Limits[], tool: CatalogueTool | null, args: JsonObject): Cap[] {
  const spends = spendOf(tool, args)
  const caps = new Map<string, Cap>()
  for (const limits of all)
    for (const name of LIMITS) {
      const limit = limits[name]
      const cap = limit === undefined ? null : capOf(name, limit, spends)
      const known = cap === null ? undefined : caps.get(cap.window)
      if (cap !== null && (known === undefined || cap.cap < known.cap)) caps.set(cap.window, cap)
    }
  return [...caps.values()]
}

/**
 * The caps a decision goes to the database with. An allow is counted under all of them. A hold takes nothing, but who approves it must know
 * that it would pass a limit of money: it is looked at under those, once.
 */
export function capsFor(
  { decision, reasons }: Pick<Evaluation, 'decision' | 'reasons'>,
  limits: readonly Limits[],
  tool: CatalogueTool | null,
  args: JsonObject,
): Cap[] {
  if (decision === 'forbid') return []
  const caps = capsOf(limits, tool, args)
  if (decision === 'allow') return caps
  const told = reasons.some(({ code }) => code === 'limit_reached')
  return told ? [] : caps.filter(({ window }) => window.startsWith('spend:'))
}

/**
 * What an approved action takes when its grant is first given. A limit of money is checked again, since another may have taken it after the
 * verdict, unless whoever approved was told that this one passes it; calls and tokens bound what an agent does alone, and are only counted.
 * @param told names of limits the approvers were told of, as the gate gives them in a rule: `limits.spend_per_day`
 */
export function takesOf(
  sections: Readonly<Record<string, Limits>>,
  tool: CatalogueTool | null,
  args: JsonObject,
  told: ReadonlySet<string>,
): Taken[] {
  const untold = Object.entries(sections).map(([section, limits]) =>
    Object.fromEntries(Object.entries(limits).filter(([name]) => !told.has(`${section}.${name}`))),
  )
  const checked = new Map(capsOf(untold, tool, args).map(({ window, cap }) => [window, cap]))
  return capsOf(Object.values(sections), tool, args).map(({ window, amount }) => ({
    window,
    amount,
    cap: window.startsWith('spend:') ? (checked.get(window) ?? null) : null,
  }))
}

function capOf(name: LimitName, limit: number | Money, spends: Money | 'unreadable' | null): Cap | null {
  const { measure } = LIMIT_KINDS[name]
  const window = windowOf(name, limit)
  if (typeof limit !== 'number') {
    if (spends === null || spends === 'unreadable' || spends.currency !== limit.currency) return null
    return { window, cap: units(limit.amount), amount: units(spends.amount) }
  }
  if (measure === 'calls') return { window, cap: limit, amount: 1 }
  // Tokens are counted where they are reported; a call only looks whether any are left.
  return measure === 'tokens' ? { window, cap: limit - 1, amount: 0 } : null
}
