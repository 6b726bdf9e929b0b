import { readNumber } from './term-number'
import { asField, CHOICES, nearestChoice, nearestField, TIME_WORDS } from './term-choices'
import { beginsQuote, isSpace, object, peek, readBare, readQuoted, skipSpace, type Scan, type Word } from './term-scan'
import { FIELDS, type Field, type ReadTerms, type Term, type TermProblem, type Value } from './term'

/** What the bar takes at most: characters, terms, and values between one pair of parentheses. */
export const MOST_CHARACTERS = 2_000
export const MOST_TERMS = 40
export const MOST_VALUES = 50

const FIELD = /[A-Za-z][A-Za-z_]*(?=:)/uy
const RESERVED = /^(and|or|not)$/iu
const COMPARED = /^([A-Za-z][A-Za-z_]*)(=|==|>=|<=|>|<)(.*)$/su

/**
 * Reads the bar's text. All of it can be read, or every place that cannot is named with what to do about it: nothing is
 * dropped, guessed or rewritten. Curly quotes count as quotes. The grammar is in `docs/guides/audit.md`.
 */
export function parseTerms(text: string): ReadTerms {
  if (text.length > MOST_CHARACTERS) {
    const says = `The bar takes ${MOST_CHARACTERS.toLocaleString('en')} characters; this is ${text.length.toLocaleString('en')}.`
    return { ok: false, problems: [{ at: MOST_CHARACTERS, length: text.length - MOST_CHARACTERS, says }] }
  }
  const scan: Scan = { text, at: 0, problems: [] }
  const terms: Term[] = []
  for (skipSpace(scan); scan.at < text.length; skipSpace(scan)) {
    const at = scan.at
    const term = readTerm(scan)
    if (term && terms.push(term) > MOST_TERMS) {
      object(scan, at, text.length - at, `The bar takes ${MOST_TERMS} terms.`)
      break
    }
  }
  const [first, ...rest]: TermProblem[] = scan.problems
  return first ? { ok: false, problems: [first, ...rest] } : { ok: true, terms }
}

function readTerm(scan: Scan): Term | null {
  const at = scan.at
  const dash = /[−–—]/u.exec(peek(scan))
  if (dash) {
    object(scan, at, 1, `To leave something out, write the hyphen of the keyboard: -.`, '-')
    scan.at += 1
  }
  const negated = peek(scan) === '-'
  if (negated) scan.at += 1
  if (negated && (scan.at === scan.text.length || isSpace(peek(scan)))) {
    object(scan, at, 1, 'Write what is left out right after the hyphen: -env:test.')
    return null
  }
  if (peek(scan) === '(' || peek(scan) === ')') return refuseParenthesis(scan)
  FIELD.lastIndex = scan.at
  const word = FIELD.exec(scan.text)?.[0]
  const term = word === undefined ? readText(scan, negated) : readFieldTerm(scan, word, negated)
  if (term && scan.at < scan.text.length && !isSpace(peek(scan))) {
    object(scan, scan.at, 1, 'Put a space between two terms.')
    return null
  }
  return term
}

function refuseParenthesis(scan: Scan): null {
  object(
    scan,
    scan.at,
    1,
    'Parentheses hold the values of one field: agent:(soc-triage OR billing). Terms are always joined by AND.',
  )
  scan.at += 1
  return null
}

/** Free text: between quotes, or one plain word. Words that look like something else are asked about, not searched for. */
function readText(scan: Scan, negated: boolean): Term | null {
  if (beginsQuote(scan)) {
    const quoted = readQuoted(scan)
    return quoted && { type: 'text', negated, text: quoted.text }
  }
  const word = readBare(scan)
  if (!word) return null
  const { at, length, text } = word
  const quotes = `"${text}"`
  const compared = COMPARED.exec(text)
  const field = asField(text) ?? asField(compared?.[1] ?? '')
  if (RESERVED.test(text)) {
    object(scan, at, length, saysReserved(text), text.toLowerCase() === 'and' ? '' : undefined)
  } else if (word.glob) {
    object(
      scan,
      at,
      length,
      'A * stands for anything in the value of a field only: resource:fin-*. Between quotes it is itself.',
      quotes,
    )
  } else if (field !== null && compared) {
    const value = `${compared[2]?.startsWith('=') ? '' : (compared[2] ?? '')}${compared[3] ?? ''}`
    object(scan, at, length, `A field is followed by a colon: ${field}:${value}.`, `${field}:${value}`)
  } else if (field !== null) {
    object(
      scan,
      at,
      length,
      `${text} is a field: write ${text}: and a value or, for the word itself, ${quotes}.`,
      quotes,
    )
  } else return { type: 'text', negated, text }
  return null
}

function saysReserved(word: string): string {
  switch (word.toLowerCase()) {
    case 'and':
      return 'Terms are always joined by AND: leave the word out. For the word itself, put it in quotes.'
    case 'or':
      return 'OR joins the values of one field only: outcome:(hold OR forbid). For the word itself, put it in quotes.'
    default:
      return 'To leave something out, put a hyphen before it: -env:test. For the word itself, put it in quotes.'
  }
}

function readFieldTerm(scan: Scan, word: string, negated: boolean): Term | null {
  const at = scan.at
  scan.at += word.length + 1
  const field = asField(word)
  if (field === null) {
    refuseField(scan, at, word)
    if (scan.at < scan.text.length && !isSpace(peek(scan))) readValues(scan, null)
    return null
  }
  if (scan.at === scan.text.length || isSpace(peek(scan))) {
    object(scan, at, word.length + 1, `${word}: is ${FIELDS[field].says}. Write the value right after the colon.`)
    return null
  }
  const values = readValues(scan, field)
  const [first, ...rest] = values ?? []
  return first ? { type: 'field', field, negated, values: [first, ...rest] } : null
}

function refuseField(scan: Scan, at: number, word: string): void {
  if (TIME_WORDS.has(word.toLowerCase())) {
    object(scan, at, word.length + 1, 'The time is not in the bar: it is the range beside it.')
    return
  }
  const meant = nearestField(word)
  object(
    scan,
    at,
    word.length,
    meant
      ? `No field is called ${word}. Is ${meant} meant: ${FIELDS[meant].says}?`
      : `No field is called ${word}. For words, put them in quotes.`,
    meant ?? undefined,
  )
}

/** One value, or several joined by OR between parentheses. A null field reads past what stands there, so that one word is one problem. */
function readValues(scan: Scan, field: Field | null): Value[] | null {
  if (peek(scan) !== '(') {
    const value = readValue(scan, field)
    return value ? [value] : null
  }
  const open = scan.at
  const before = scan.problems.length
  const values: Value[] = []
  let wantsValue = true
  scan.at += 1
  for (skipSpace(scan); scan.at < scan.text.length; skipSpace(scan)) {
    const at = scan.at
    if (peek(scan) === ')') {
      scan.at += 1
      if (field !== null && wantsValue)
        object(
          scan,
          open,
          scan.at - open,
          values.length === 0 ? 'Nothing stands between these parentheses.' : 'After OR, another value is missing.',
        )
      if (values.length > MOST_VALUES)
        object(scan, open, scan.at - open, `A field takes ${MOST_VALUES} values; here are ${values.length}.`)
      return scan.problems.length > before ? null : values
    }
    if (peek(scan) === '(') {
      object(scan, at, 1, 'Parentheses cannot stand inside parentheses.')
      scan.at += 1
      continue
    }
    if (isOr(scan)) {
      if (wantsValue) object(scan, at, 2, 'A value is missing before OR.')
      scan.at += 2
      wantsValue = true
      continue
    }
    if (field !== null && !wantsValue) object(scan, at, 1, 'Between two values write OR.')
    if (field !== null && peek(scan) === '-' && FIELDS[field].form !== 'number')
      object(
        scan,
        at,
        1,
        'The hyphen that leaves out stands before the field. For a value that begins with one, use quotes.',
      )
    const value = readValue(scan, field)
    if (value) values.push(value)
    wantsValue = false
  }
  object(
    scan,
    open,
    scan.text.length - open,
    'This parenthesis is never closed. Add ) where it ends.',
    `${scan.text.slice(open)})`,
  )
  return null
}

function isOr({ text, at }: Scan): boolean {
  return (
    text.startsWith('OR', at) && (at + 2 === text.length || isSpace(text.charAt(at + 2)) || text.charAt(at + 2) === ')')
  )
}

function readValue(scan: Scan, field: Field | null): Value | null {
  const at = scan.at
  const word = beginsQuote(scan) ? readQuoted(scan) : readBare(scan)
  if (!word) {
    // never stand still: what no value can begin with has been named, or is named here
    if (scan.at === at) {
      object(scan, at, 1, 'A value is missing here.')
      scan.at += 1
    }
    return null
  }
  return field === null ? null : valueOf(scan, field, word)
}

function valueOf(scan: Scan, field: Field, word: Word): Value | null {
  const { at, length, text, quoted, glob } = word
  const written = scan.text.slice(at, at + length)
  if (!quoted && RESERVED.test(text)) {
    object(
      scan,
      at,
      length,
      `${text} joins nothing here. Between values stands OR, in capitals; for the word itself, use quotes.`,
      `"${text}"`,
    )
    return null
  }
  if (!quoted && written.endsWith(',')) {
    object(scan, at + length - 1, 1, 'Between two values write OR, no comma.', ' OR')
    return null
  }
  switch (FIELDS[field].form) {
    case 'choice':
      return choiceOf(scan, field, word)
    case 'number':
      return readNumber(scan, field, word)
    case 'name':
      if (!quoted && /^[<>]/u.test(written)) {
        object(scan, at, length, `${field} is no number, so it is not compared. For the sign itself, use quotes.`)
        return null
      }
      return glob ? { is: 'glob', text } : { is: 'exact', text }
  }
}

function choiceOf(scan: Scan, field: Field, { at, length, text, glob }: Word): Value | null {
  const choices = CHOICES[field] ?? []
  if (choices.includes(text)) return { is: 'exact', text }
  if (glob) {
    object(
      scan,
      at,
      length,
      `${field} is one of a list, so it takes no *. Join several by OR: ${field}:(${choices.slice(0, 2).join(' OR ')}).`,
    )
    return null
  }
  const meant = nearestChoice(text, choices)
  const list = choices.length > 10 ? `${choices.slice(0, 10).join(', ')}, …` : choices.join(', ')
  object(
    scan,
    at,
    length,
    `${field} is never that. ${meant ? `Is ${meant} meant?` : `It is one of: ${list}.`}`,
    meant ?? undefined,
  )
  return null
}
