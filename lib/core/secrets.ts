import type { JsonObject, JsonValue } from './json'
import { ASSIGNMENT_HINT, SECRET_FORMATS, SECRET_GATE, type SecretFormat, type SecretKind } from './secret-formats'

export type { SecretKind } from './secret-formats'

/** A secret in a text: characters `start` to `end`. `decisive` is false for a mere word beside a name like "password". */
export type SecretMatch = { kind: SecretKind; start: number; end: number; decisive: boolean }

/** Where in a JSON value something was redacted: `arguments.items[3]`; a key that held a secret is named by its parent. */
export type RedactedSecret = { path: string; kind: SecretKind }

const SHORTEST = 8
const SENSITIVE_KEY =
  /(?:^|[_.-])(?:pass(?:word|wd|phrase)|pwd|secret|api[_-]?key|access[_-]?key|private[_-]?key|secret[_-]?key|client[_-]?secret|(?:access|auth|refresh|bearer|session|api)[_-]?token|authorization|cookie|set-cookie)$/i
const SENSITIVE_HINT = /pass|pwd|secret|key|token|auth|cookie/i
const CAMEL = /([a-z0-9])([A-Z])/g

/** Every known secret in a text, in order and not overlapping (C41). Linear in the length of the text. */
export function findSecrets(text: string): SecretMatch[] {
  if (text.length < SHORTEST || !SECRET_GATE.test(text)) return []
  const matches: SecretMatch[] = []
  const assigned = ASSIGNMENT_HINT.test(text)
  for (const format of SECRET_FORMATS) {
    if (format.hints.length === 0 ? assigned : format.hints.some((hint) => text.includes(hint)))
      collect(format, text, matches)
  }
  return matches.length > 1 ? apart(matches) : matches
}

function collect({ kind, pattern, group, accept, decisive }: SecretFormat, text: string, into: SecretMatch[]): void {
  for (const match of text.matchAll(pattern)) {
    const secret = match[group ?? 0]
    if (secret === undefined || (accept !== undefined && !accept(secret))) continue
    const start = match.index + (group === undefined ? 0 : match[0].lastIndexOf(secret))
    into.push({ kind, start, end: start + secret.length, decisive: decisive !== false })
  }
}

/** Overlapping matches become one, named by the first format of the table that found it. */
function apart(matches: SecretMatch[]): SecretMatch[] {
  const sorted = matches
    .map((match, order) => ({ match, order }))
    .toSorted((a, b) => a.match.start - b.match.start || a.order - b.order)
  const kept: SecretMatch[] = []
  for (const { match } of sorted) {
    const last = kept.at(-1)
    if (last === undefined || match.start >= last.end) kept.push({ ...match })
    else {
      last.end = Math.max(last.end, match.end)
      last.decisive ||= match.decisive
    }
  }
  return kept
}

/** A text with every known secret replaced by `[redacted:kind]`, and what was found. */
export function redactText(text: string): { text: string; found: SecretMatch[] } {
  const found = findSecrets(text)
  let redacted = ''
  let from = 0
  for (const { kind, start, end } of found) {
    redacted += `${text.slice(from, start)}[redacted:${kind}]`
    from = end
  }
  return found.length === 0 ? { text, found } : { text: redacted + text.slice(from), found }
}

/**
 * A JSON value without its secrets: in strings, in keys, and under keys that name one (`client_secret`, `apiKey`). The value
 * itself is not touched; where nothing was found the same value comes back.
 */
export function redactSecrets<T extends JsonValue>(value: T): { value: T; found: RedactedSecret[] } {
  const found: RedactedSecret[] = []
  // Redaction keeps the shape of a value: strings stay strings, lists stay lists, objects stay objects.
  return { value: redactAt(value, '', null, found) as T, found }
}

function redactAt(value: JsonValue, path: string, key: string | null, found: RedactedSecret[]): JsonValue {
  if (typeof value === 'string') return redactString(value, path, key, found)
  if (Array.isArray(value)) {
    const items = value.map((item, i) => redactAt(item, `${path}[${i}]`, key, found))
    return items.some((item, i) => item !== value[i]) ? items : value
  }
  return value !== null && typeof value === 'object' ? redactObject(value, path, found) : value
}

function redactObject(value: JsonObject, path: string, found: RedactedSecret[]): JsonObject {
  let changed = false
  const members = Object.entries(value).map(([key, member]): [string, JsonValue] => {
    const name = redactText(key)
    for (const { kind } of name.found) found.push({ path, kind })
    const redacted = redactAt(member, path === '' ? name.text : `${path}.${name.text}`, key, found)
    changed ||= redacted !== member || name.text !== key
    return [name.text, redacted]
  })
  return changed ? Object.fromEntries(withDistinctKeys(members)) : value
}

function withDistinctKeys(members: [string, JsonValue][]): [string, JsonValue][] {
  const seen = new Map<string, number>()
  return members.map(([key, member]) => {
    const times = (seen.get(key) ?? 0) + 1
    seen.set(key, times)
    return [times === 1 ? key : `${key}#${times}`, member]
  })
}

function redactString(text: string, path: string, key: string | null, found: RedactedSecret[]): string {
  const named = key === null ? null : secretUnderKey(key, text)
  if (named !== null) {
    found.push({ path, kind: named.kind })
    return `[redacted:${named.kind}]`
  }
  const redacted = redactText(text)
  for (const { kind } of redacted.found) found.push({ path, kind })
  return redacted.text
}

/** What a value under a key such as `client_secret` is: some known format, else a `credential`. */
function secretUnderKey(key: string, text: string): { kind: SecretKind; decisive: boolean } | null {
  if (text === '' || !SENSITIVE_HINT.test(key) || !SENSITIVE_KEY.test(key.replace(CAMEL, '$1_$2'))) return null
  const [known] = findSecrets(`${key}=${text}`)
  if (known !== undefined && known.kind !== 'password') return known
  return /^\[redacted:[a-z_]+\]$/.test(text) ? null : { kind: 'credential', decisive: false }
}

/**
 * The kinds of secret in an agent's arguments that forbid the action by themselves (step 11 of the gate): sorted, each once.
 * A value that merely sits under a key named "password" is redacted before it is stored, but does not forbid.
 */
export function decisiveSecrets(value: JsonValue): SecretKind[] {
  const kinds = new Set<SecretKind>()
  const look = (text: string, key: string | null): void => {
    const named = key === null ? null : secretUnderKey(key, text)
    for (const { kind, decisive } of named === null ? findSecrets(text) : [named]) if (decisive) kinds.add(kind)
  }
  const left: { value: JsonValue; key: string | null }[] = [{ value, key: null }]
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    const { value: part, key } = next
    if (typeof part === 'string') look(part, key)
    else if (Array.isArray(part)) for (const item of part) left.push({ value: item, key })
    else if (part !== null && typeof part === 'object') {
      for (const [name, member] of Object.entries(part)) {
        look(name, null)
        left.push({ value: member, key: name })
      }
    }
  }
  return [...kinds].toSorted()
}
