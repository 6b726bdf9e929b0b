import { head, pointer, shownText, type Room, type ShownText } from './shown-text'

type Args = Readonly<Record<string, unknown>>

/** A cell of a table: `absent` where the record does not have the name. `over`: characters left out. */
export type ShownCell = { kind: 'text' | 'plain' | 'absent'; text: string; over: number }
export type ShownTable = { name: string; columns: string[]; rows: ShownCell[][]; total: number; used: string[] }

export type ShownMail = {
  from: ShownText | null
  /** who it goes to, as much as there is room for, and how many they are */
  to: ShownText[]
  toTotal: number
  cc: ShownText[]
  ccTotal: number
  bcc: ShownText[]
  bccTotal: number
  subject: ShownText | null
  body: ShownText
  /** the body is markup: shown as its source */
  html: boolean
  /** what is attached, by name */
  attachments: ShownText[]
  attachmentsTotal: number
  used: string[]
}

/** A sum of money. `written` has the currency's name, `exact` what was sent. */
export type ShownMoney = { written: string; exact: string; used: string[] }

const MOST_ROWS = 50
const MOST_COLUMNS = 24
const MOST_OF_A_CELL = 240
const MOST_NAMED = 30

/** The longest list of flat records among some arguments, as a table; null where there is none. */
export function tableIn(args: Args, room: Room): ShownTable | null {
  const [found] = Object.entries(args)
    .flatMap(([name, value]) => (isRecords(value) ? [{ name, records: value }] : []))
    .toSorted((a, b) => b.records.length - a.records.length)
  if (!found) return null
  const columns = columnsOf(found.records)
  if (columns === null) return null
  const rows: ShownCell[][] = []
  for (const record of found.records.slice(0, MOST_ROWS)) {
    if (room.chars <= 0) break
    rows.push(columns.map((column) => cell(record, column, room)))
  }
  if (rows.length < found.records.length) room.cut += 1
  return { name: found.name, columns, rows, total: found.records.length, used: [found.name] }
}

const TO = ['to', 'recipients', 'recipient', 'to_addresses', 'to_address'] as const
const BODY = ['body', 'body_text', 'text', 'html', 'body_html', 'message', 'content'] as const
const NAMES = ['filename', 'name', 'file_name', 'path', 'title'] as const
const SENDS = /mail|message|letter|reply|sms|send/i

/** A message to people in some arguments: who gets it and what it says. Null where it is none. */
export function mailIn(tool: string, args: Args, room: Room): ShownMail | null {
  const to = TO.find((name) => (addressesOf(args[name]) ?? []).length > 0)
  const body = BODY.find((name) => typeof args[name] === 'string')
  if (to === undefined || body === undefined) return null
  if (typeof args.subject !== 'string' && !SENDS.test(tool)) return null
  const used: string[] = [to, body]
  const one = (name: string): ShownText | null => {
    if (typeof args[name] !== 'string') return null
    used.push(name)
    return shownText(args[name], pointer('', name), room, 1_000)
  }
  const list = (name: string): [ShownText[], number] => {
    const all = addressesOf(args[name])
    if (all === null) return [[], 0]
    if (name !== to) used.push(name)
    return [named(all, pointer('', name), room), all.length]
  }
  const [toShown, toTotal] = list(to)
  const [cc, ccTotal] = list('cc')
  const [bcc, bccTotal] = list('bcc')
  const attached = attachmentsOf(args.attachments)
  // what is attached beside a name (a content, an address) stays among the other arguments, where it can be read
  if (attached?.whole) used.push('attachments')
  const text = String(args[body])
  return {
    from: one('from'),
    ...{ to: toShown, toTotal, cc, ccTotal, bcc, bccTotal },
    subject: one('subject'),
    body: shownText(text, pointer('', body), room),
    html: /html/.test(body) || /<(?:html|body|div|p|br|table|a|img)\b/i.test(text),
    attachments: attached === null ? [] : named(attached.names, '/attachments', room),
    attachmentsTotal: attached?.names.length ?? 0,
    used,
  }
}

const AMOUNTS = ['amount', 'total', 'sum', 'price', 'value'] as const
const MINOR = ['amount_cents', 'amount_in_cents', 'amount_minor', 'amount_in_minor_units'] as const
const CURRENCIES: ReadonlySet<string> = new Set(Intl.supportedValuesOf('currency'))

/** An amount with its currency, written out; null where the currency is none of ISO 4217 or the number is not plain. */
export function moneyIn(args: Args): ShownMoney | null {
  const currency = typeof args.currency === 'string' ? args.currency.toUpperCase() : ''
  if (!CURRENCIES.has(currency)) return null
  const major = AMOUNTS.find((name) => plainNumber(args[name]) !== null)
  const minor = MINOR.find((name) => Number.isInteger(plainNumber(args[name])))
  const name = major ?? minor
  const given = name === undefined ? null : plainNumber(args[name])
  if (name === undefined || given === null) return null
  const amount = major === undefined ? given / 10 ** digitsOf(currency) : given
  const format = new Intl.NumberFormat('en', {
    style: 'currency',
    currency,
    currencyDisplay: 'name',
    // rounding would show another sum than the one that is sent
    maximumFractionDigits: 12,
  })
  return {
    written: format.format(amount),
    exact: `${name} ${JSON.stringify(args[name])}, currency ${JSON.stringify(args.currency)}`,
    used: [name, 'currency'],
  }
}

const digitsOf = (currency: string): number =>
  new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2

/** A number that binary floating point does not change on the way to the screen. */
function plainNumber(value: unknown): number | null {
  const text = typeof value === 'number' ? String(value) : typeof value === 'string' ? value : ''
  return /^-?\d{1,12}(?:\.\d{1,3})?$/.test(text) ? Number(text) : null
}

function addressesOf(value: unknown): string[] | null {
  if (typeof value === 'string') return value === '' ? null : [value]
  return Array.isArray(value) && value.length > 0 && value.every((each) => typeof each === 'string') ? value : null
}

function attachmentsOf(value: unknown): { names: string[]; whole: boolean } | null {
  if (!Array.isArray(value) || value.length === 0) return null
  const named = value.map((each: unknown) => {
    if (typeof each === 'string') return { name: each, whole: true }
    if (!isRecord(each)) return { name: 'something without a name', whole: false }
    const key = NAMES.find((name) => typeof each[name] === 'string')
    return key === undefined
      ? { name: 'something without a name', whole: false }
      : { name: String(each[key]), whole: Object.keys(each).length === 1 }
  })
  return { names: named.map(({ name }) => name), whole: named.every(({ whole }) => whole) }
}

function named(all: readonly string[], at: string, room: Room): ShownText[] {
  if (all.length > MOST_NAMED) room.cut += 1
  return all.slice(0, MOST_NAMED).map((each, index) => shownText(each, pointer(at, index), room, 1_000))
}

function cell(record: Args, column: string, room: Room): ShownCell {
  if (!Object.hasOwn(record, column)) return { kind: 'absent', text: '', over: 0 }
  const value = record[column]
  if (typeof value !== 'string') return { kind: 'plain', text: JSON.stringify(value) ?? 'null', over: 0 }
  const text = head(value, MOST_OF_A_CELL)
  room.chars = Math.max(0, room.chars - text.length)
  if (text.length < value.length) room.cut += 1
  return { kind: 'text', text, over: value.length - text.length }
}

/** The names of all records in the order they appear; null where they are too many or too long for the head of a table. */
function columnsOf(records: readonly Args[]): string[] | null {
  const columns = new Set<string>()
  for (const record of records) {
    for (const name of Object.keys(record)) columns.add(name)
    if (columns.size > MOST_COLUMNS) return null
  }
  return columns.size > 0 && [...columns].every((name) => name.length <= 80) ? [...columns] : null
}

function isRecords(value: unknown): value is Args[] {
  return (
    Array.isArray(value) &&
    value.length > 0 &&
    value.every(
      (each) => isRecord(each) && Object.values(each).every((inner) => typeof inner !== 'object' || inner === null),
    )
  )
}

const isRecord = (value: unknown): value is Args => typeof value === 'object' && value !== null && !Array.isArray(value)
