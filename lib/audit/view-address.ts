import { parsePublicId } from '@/lib/core/ids'
import { paths } from '@/lib/core/paths'
import { BEGINNING, DEFAULT_LAST, isLast, LASTS, type Span } from './view-range'
import { atWallClock } from './view-zone'

/** What the audit page shows. The address is the view: every part is a parameter of it, and none is ever dropped silently. */
export type Address = {
  /** the bar's text, as it was typed */
  q: string
  span: Span
  /** which clock the times are shown by; null: as the reader last chose */
  tz: 'utc' | 'local' | null
  /** Keyset: the page of entries older, or newer, than this entry (`ent_…`). Never both. */
  before: string | null
  after: string | null
  /** the entry that is open beside the list, `ent_…` */
  entry: string | null
  /** the histogram as a table */
  table: boolean
}

/** What of an address cannot be read. */
export type AddressProblem = { parameter: string; says: string }

/**
 * An address as it was read. `address` holds what could be read, with what is usual in place of the rest: it is what a mended
 * address would say. `written` is false where the same view is addressed otherwise (times by a wall's clock, an older form).
 */
export type ReadAddress = { address: Address; problems: readonly AddressProblem[]; written: boolean }

export const EVERYTHING: Address = {
  q: '',
  span: { last: DEFAULT_LAST },
  tz: null,
  before: null,
  after: null,
  entry: null,
  table: false,
}

const KNOWN: ReadonlySet<string> = new Set([
  ...['q', 'last', 'from', 'to', 'tz', 'before', 'after', 'entry', 'view'],
  // what forms without JavaScript bring along, and what the older addresses said
  ...['kept', 'said', 'agent', 'outcome'],
])

type Given = Readonly<Record<string, string | readonly string[] | undefined>>

/**
 * Reads the parameters of `/audit`. What is given twice, or is not known, is a problem and not a guess.
 * @param zone by which a time without a zone is read: the zone the page shows
 */
export function readAddress(given: Given, zone: string): ReadAddress {
  const problems: AddressProblem[] = []
  const object = (parameter: string, says: string) => void problems.push({ parameter, says })
  const one = (name: string): string | null => {
    const value = given[name]
    if (value === undefined || value === '') return null
    if (typeof value === 'string') return value
    object(name, `${name} is given more than once.`)
    return null
  }
  for (const name of Object.keys(given))
    if (!KNOWN.has(name)) object(name, `The audit knows no ${JSON.stringify(name.slice(0, 40))}.`)
  const id = (name: string): string | null => {
    const value = one(name)
    if (value === null || isEntryId(value)) return value
    object(name, `${name} names an entry by its id: ent_ and 32 digits.`)
    return null
  }
  const [tz, view] = [one('tz'), one('view')]
  if (tz !== null && tz !== 'utc' && tz !== 'local') object('tz', 'tz is utc or local.')
  if (view !== null && view !== 'table') object('view', 'view is table, or left out.')
  const { span, absolute } = readSpan(one('last'), one('from'), one('to'), zone, object)
  const [before, after] = [id('before'), id('after')]
  if (before !== null && after !== null) object('after', 'A page begins before or after an entry, not both.')
  const old = [one('agent') && `agent:${one('agent')}`, one('outcome') && `outcome:${one('outcome')}`].filter(Boolean)
  const address: Address = {
    q: [one('q'), ...old].filter(Boolean).join(' ').trim(),
    span,
    tz: tz === 'utc' || tz === 'local' ? tz : null,
    before,
    after: before === null ? after : null,
    entry: id('entry'),
    table: view === 'table',
  }
  return { address, problems, written: absolute && old.length === 0 && one('kept') === null }
}

type Objects = (parameter: string, says: string) => void

function readSpan(
  last: string | null,
  from: string | null,
  to: string | null,
  zone: string,
  object: Objects,
): { span: Span; absolute: boolean } {
  const usual = { span: { last: DEFAULT_LAST }, absolute: true }
  if (last !== null) {
    if (!isLast(last)) object('last', `last is one of ${Object.keys(LASTS).join(', ')}.`)
    else if (from === null && to === null) return { span: { last }, absolute: true }
    else object('last', 'A range is the last of something, or from one time to another, not both.')
    return usual
  }
  if (from === null && to === null) return usual
  if (from === null || to === null) {
    const missing = from === null ? 'from' : 'to'
    object(missing, `A range has two ends; ${missing} is missing.`)
    return usual
  }
  const ends = { from: momentOf(from, zone), to: momentOf(to, zone) }
  for (const name of ['from', 'to'] as const)
    if (ends[name] === null)
      object(name, `${name} is no time: 2026-11-20T14:00:00Z, or without the Z by the clock shown.`)
  if (ends.from === null || ends.to === null) return usual
  if (ends.from >= ends.to) {
    object('to', 'The range ends before it begins.')
    return usual
  }
  if (ends.from < BEGINNING) {
    object('from', `No entry is older than ${BEGINNING.getUTCFullYear()}.`)
    return usual
  }
  return { span: { from: ends.from, to: ends.to }, absolute: [from, to].every((text) => ABSOLUTE.test(text)) }
}

const ABSOLUTE = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?Z$/u

function momentOf(text: string, zone: string): Date | null {
  if (!ABSOLUTE.test(text)) return atWallClock(text, zone)
  const at = new Date(text)
  return Number.isNaN(at.getTime()) ? null : at
}

/** The address of a view. `readAddress` of it gives the same view back. */
export function auditPath(address: Partial<Address>): string {
  const { q = '', span, tz, before, after, entry, table } = address
  return paths.audit({
    q: q === '' ? undefined : q,
    ...(span && ('last' in span ? { last: span.last } : { from: written(span.from), to: written(span.to) })),
    before: before ?? undefined,
    after: after ?? undefined,
    entry: entry ?? undefined,
    view: table ? 'table' : undefined,
    tz: tz ?? undefined,
  })
}

/** The first page of a view, with nothing open: what its filter, its range and its form say. */
export function topOf(address: Address): Address {
  return { ...address, before: null, after: null, entry: null }
}

const written = (at: Date): string => at.toISOString().replace('.000Z', 'Z')

function isEntryId(text: string): boolean {
  try {
    return parsePublicId('entry', text) !== ''
  } catch {
    return false
  }
}
