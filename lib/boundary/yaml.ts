import { countUnseen, spellOut } from '@/lib/core/hostile'
import { CST, isMap, isScalar, isSeq, Lexer, LineCounter, type Node as YamlNode, parseDocument } from 'yaml'

/** Everything that can be wrong with the text of a boundary: closed, so that an editor or a client can branch on it. */
export const BOUNDARY_ERRORS = [
  'too_large',
  'not_utf8',
  'invisible_character',
  'too_deep',
  'not_allowed_in_boundaries',
  'invalid_yaml',
  'duplicate_key',
  'unknown_key',
  'missing_key',
  'wrong_type',
  'unknown_value',
  'out_of_range',
  'invalid_name',
  'invalid_condition',
  'invalid_command',
  'invalid_path',
  'duplicate_entry',
  'wrong_agent',
] as const
export type BoundaryErrorCode = (typeof BOUNDARY_ERRORS)[number]

/** One fault in the text, with where it is (both from 1) and what to do. `path` is `approval_required[1].when`. */
export type BoundaryError = { line: number; column: number; path: string; code: BoundaryErrorCode; message: string }

export type Place = { line: number; column: number }
/** What YAML is reduced to here: every scalar is its text, so that `yes`, `0x10` and `1e3` are only ever what they look like. */
export type Text = Place & { kind: 'text'; value: string }
export type List = Place & { kind: 'list'; items: Tree[] }
export type Mapping = Place & { kind: 'map'; entries: { key: Text; value: Tree }[] }
export type Tree = Text | List | Mapping

export const MAX_BYTES = 65_536
const MAX_INDENT = 40
const MAX_FLOW = 6
const MAX_PER_LINE = 3
/** More faults than this are not told: somebody sent something else than a boundary. */
export const MOST_ERRORS = 100

type Report = (at: number, code: BoundaryErrorCode, message: string) => void

/**
 * Reads one YAML 1.2 document as text, lists and maps. Anchors, aliases, tags, merge keys, directives, explicit keys and
 * further documents are refused, and so is anything large, deep or invisible: a signer must see all they sign. It is
 * screened token by token first, because the parser behind it recurses.
 */
export function readYaml(source: string | Uint8Array): { tree: Tree | null; errors: BoundaryError[] } {
  const errors: BoundaryError[] = []
  const text = decode(source, errors)
  if (text === null) return { tree: null, errors }
  const lines = new LineCounter()
  lines.lineStarts = lineStarts(text)
  const report: Report = (at, code, message) => errors.push({ ...place(lines, at), path: '', code, message })
  refuseInvisible(text, report)
  if (errors.length === 0) screen(text, report)
  if (errors.length > 0) return { tree: null, errors }

  const document = parseDocument(text, {
    version: '1.2',
    schema: 'failsafe',
    prettyErrors: false,
    uniqueKeys: false,
    logLevel: 'silent',
  })
  for (const { pos, message } of [...document.errors, ...document.warnings])
    report(pos[0], 'invalid_yaml', `${message}.`.replace(/\.\.$/, '.'))
  if (errors.length > 0) return { tree: null, errors }
  return { tree: document.contents === null ? null : toTree(document.contents, lines, report), errors }
}

function decode(source: string | Uint8Array, errors: BoundaryError[]): string | null {
  const start = { line: 1, column: 1, path: '' }
  if ((typeof source === 'string' ? new TextEncoder().encode(source) : source).length > MAX_BYTES) {
    errors.push({
      ...start,
      code: 'too_large',
      message: `A boundary has at most ${MAX_BYTES} bytes: one sitting's reading.`,
    })
    return null
  }
  if (typeof source === 'string') return source.replace(/^\ufeff/, '')
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(source)
  } catch {
    errors.push({ ...start, code: 'not_utf8', message: 'The text is not UTF-8: save it as UTF-8.' })
    return null
  }
}

function refuseInvisible(text: string, report: Report): void {
  let at = 0
  for (const line of text.split('\n')) {
    const shown = line.replace(/\r$/, '')
    const segments = /[^\x20-\x7e]/.test(shown) ? spellOut(shown) : []
    const before = segments[0]?.kind === 'text' ? segments[0].text.length : 0
    if (countUnseen(segments) > 0) {
      report(
        at + before,
        'invisible_character',
        'A character here cannot be seen: remove it, the signer must see all they sign.',
      )
    }
    at += line.length + 1
  }
}

const REFUSED: Partial<Record<CST.TokenType, string>> = {
  anchor: 'Anchors are not allowed: write the value out.',
  alias: 'Aliases are not allowed: write the value out.',
  tag: 'Tags are not allowed: remove it.',
  'directive-line': 'Directives are not allowed: remove the line.',
  'explicit-key-ind': 'Explicit keys are not allowed: write "key: value".',
  'doc-end': 'One document only: remove the line.',
}

/** Looks at the tokens alone, in linear time and without recursion, and refuses what the parser must not meet. */
function screen(text: string, report: Report): void {
  let at = 0
  let flow = 0
  let refusals = 0
  let begun = false
  let indicators = 0
  let startOfLine = true
  let scalar = false
  for (const token of new Lexer().lex(text)) {
    const type: CST.TokenType | null = scalar ? 'scalar' : CST.tokenType(token)
    if (!scalar && (type === 'scalar' || type === 'doc-mode' || type === 'flow-error-end')) {
      scalar = type === 'scalar'
      continue
    }
    const refused = type === null ? undefined : REFUSED[type]
    if (refused !== undefined) {
      report(at, 'not_allowed_in_boundaries', refused)
      if ((refusals += 1) >= MOST_ERRORS) return
    }
    if (type === 'doc-start' && begun)
      report(at, 'not_allowed_in_boundaries', 'One document only: remove what follows "---".')
    begun ||= type === 'doc-start' || type === 'scalar' || type === 'map-value-ind' || type === 'seq-item-ind'
    if (type === 'flow-map-start' || type === 'flow-seq-start') flow += 1
    if (type === 'flow-map-end' || type === 'flow-seq-end') flow -= 1
    if (type === 'seq-item-ind' || (type === 'map-value-ind' && flow <= 0)) indicators += 1
    const indent = startOfLine && type === 'space' ? token.length : 0
    if (flow < 0) return report(at, 'invalid_yaml', 'This bracket closes nothing: remove it.')
    if (flow > MAX_FLOW || indicators > MAX_PER_LINE || indent > MAX_INDENT) {
      return report(at, 'too_deep', 'This is nested deeper than a boundary ever is.')
    }
    startOfLine = type === 'newline'
    if (startOfLine) indicators = 0
    scalar = false
    at += token.length
  }
}

function toTree(node: YamlNode, lines: LineCounter, report: Report): Tree {
  const at = node.range?.[0] ?? 0
  const where = place(lines, at)
  if (isSeq(node))
    return { ...where, kind: 'list', items: node.items.map((item) => toTree(item as YamlNode, lines, report)) }
  if (isMap(node)) {
    const entries = node.items.flatMap(({ key, value }) => {
      const name = toTree(key as YamlNode, lines, report)
      if (name.kind !== 'text') {
        report((key as YamlNode).range?.[0] ?? at, 'invalid_yaml', 'A key must be a word.')
        return []
      }
      // `a:` without a value is the empty text; `{a}` in flow style has no value node at all.
      return [{ key: name, value: value === null ? { ...name, value: '' } : toTree(value as YamlNode, lines, report) }]
    })
    return { ...where, kind: 'map', entries }
  }
  return { ...where, kind: 'text', value: isScalar(node) && typeof node.value === 'string' ? node.value : '' }
}

function lineStarts(text: string): number[] {
  return [0, ...Array.from(text.matchAll(/\n/g), ({ index }) => index + 1)]
}

function place(lines: LineCounter, at: number): Place {
  const { line, col } = lines.linePos(at)
  return { line, column: col }
}
