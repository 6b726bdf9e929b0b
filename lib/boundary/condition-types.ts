import { parse } from '@bufbuild/cel'
import type { JsonObject, JsonValue } from '@/lib/core/json'
import { CONTINUATION } from '@/lib/tools/continuation'
import { nearest } from './reader'

type Expr = NonNullable<ReturnType<typeof parse>['expr']>

/**
 * What is known of a value before a condition runs. Numbers of arguments are doubles, as JSON has no others; `dyn` is anything.
 * A map with `closed` has no other keys than these.
 */
type Kind =
  | { is: 'bool' | 'int' | 'double' | 'string' | 'bytes' | 'null' | 'timestamp' | 'duration' | 'dyn' }
  | { is: 'list'; of: Kind }
  | { is: 'map'; keys: ReadonlyMap<string, Kind>; closed: boolean }

const DYN: Kind = { is: 'dyn' }
const BOOL: Kind = { is: 'bool' }
const STRING: Kind = { is: 'string' }
const INT: Kind = { is: 'int' }
const known = (keys: Record<string, Kind>): Kind => ({ is: 'map', keys: new Map(Object.entries(keys)), closed: false })
const closed = (keys: Record<string, Kind>): Kind => ({ is: 'map', keys: new Map(Object.entries(keys)), closed: true })

/** What every condition may read, whatever the tool (DESIGN §4). */
const VARIABLES: Readonly<Record<string, Kind>> = {
  agent: closed({ name: STRING, environment: STRING, team: STRING }),
  run: closed({ id: DYN, tainted: BOOL }),
  resource: known({ type: STRING, id: STRING }),
  subject: known({ type: STRING, id: STRING }),
  now: { is: 'timestamp' },
}

const LOGIC = new Set(['_&&_', '_||_', '!_'])
const ORDER = new Set(['_<_', '_<=_', '_>_', '_>=_'])
const EQUALITY = new Set(['_==_', '_!=_'])
const ARITHMETIC = new Set(['_+_', '_-_', '_*_', '_/_', '_%_'])
const ON_TEXT = new Set([
  'startsWith',
  'endsWith',
  'contains',
  'matches',
  'lowerAscii',
  'upperAscii',
  'trim',
  'split',
  'substring',
  'indexOf',
  'lastIndexOf',
])
const RESULTS: Readonly<Record<string, Kind>> = {
  startsWith: BOOL,
  endsWith: BOOL,
  contains: BOOL,
  matches: BOOL,
  lowerAscii: STRING,
  upperAscii: STRING,
  trim: STRING,
  substring: STRING,
  split: { is: 'list', of: STRING },
  indexOf: INT,
  lastIndexOf: INT,
  size: INT,
  int: INT,
  string: STRING,
  double: { is: 'double' },
  timestamp: { is: 'timestamp' },
  duration: { is: 'duration' },
}
const WORDS: Record<Kind['is'], string> = {
  bool: 'true or false',
  int: 'a whole number',
  double: 'a number',
  string: 'text',
  bytes: 'bytes',
  null: 'null',
  timestamp: 'a moment',
  duration: 'a span of time',
  list: 'a list',
  map: 'an object',
  dyn: 'anything',
}

/**
 * What in a condition can never work, checked before anybody signs it: a name no argument has, a comparison of text with a number.
 * The library plans expressions but does not check their types (@bufbuild/cel 0.6), so this walks the parsed expression; where it
 * does not know, it says nothing.
 * @param text a condition that `compileCondition` has taken
 * @param schema the JSON Schema of the tool's arguments; null when nobody knows it
 */
export function typeProblem(text: string, schema: JsonObject | boolean | null): string | null {
  const { expr } = parse(text)
  if (expr === undefined) return null
  const checker = new Checker()
  const args = schema === null || typeof schema === 'boolean' ? DYN : kindOf(schema, 0)
  const kind = checker.kind(expr, new Map([...Object.entries(VARIABLES), ['args', args.is === 'map' ? args : DYN]]))
  if (checker.problem !== null) return checker.problem
  return kind.is === 'bool' || kind.is === 'dyn' ? null : `It answers ${WORDS[kind.is]}, and must answer true or false.`
}

class Checker {
  problem: string | null = null

  private fail(words: string): Kind {
    this.problem ??= words
    return DYN
  }

  kind(expr: Expr, names: ReadonlyMap<string, Kind>): Kind {
    const { exprKind } = expr
    switch (exprKind.case) {
      case 'constExpr':
        return constant(exprKind.value.constantKind.case)
      case 'identExpr':
        return names.get(exprKind.value.name) ?? DYN
      case 'selectExpr': {
        const { operand, field, testOnly } = exprKind.value
        const of = operand === undefined ? DYN : this.kind(operand, names)
        const kind = this.select(of, field, pathOf(operand))
        return testOnly ? BOOL : kind
      }
      case 'callExpr':
        return this.call(exprKind.value, names)
      case 'listExpr': {
        const kinds = exprKind.value.elements.map((each) => this.kind(each, names))
        const [first] = kinds
        return { is: 'list', of: first !== undefined && kinds.every((each) => each.is === first.is) ? first : DYN }
      }
      case 'comprehensionExpr': {
        const { accuVar, iterVar, iterVar2, iterRange, accuInit, loopCondition, loopStep, result } = exprKind.value
        const range = iterRange === undefined ? DYN : this.kind(iterRange, names)
        if (range.is !== 'list' && range.is !== 'map' && range.is !== 'dyn')
          return this.fail(
            `${pathOf(iterRange)} is ${WORDS[range.is]}, and only lists and objects can be gone through.`,
          )
        const accu = accuInit === undefined ? DYN : this.kind(accuInit, names)
        const inner = new Map([...names, [accuVar, accu], [iterVar2, DYN]])
        inner.set(iterVar, range.is === 'list' ? range.of : range.is === 'map' ? STRING : DYN)
        for (const part of [loopCondition, loopStep]) if (part !== undefined) this.kind(part, inner)
        return result === undefined ? DYN : this.kind(result, inner)
      }
      default:
        return DYN
    }
  }

  private select(of: Kind, field: string, path: string): Kind {
    if (of.is === 'dyn') return DYN
    if (of.is !== 'map') return this.fail(`${path} is ${WORDS[of.is]}, which has no “${field}”.`)
    // in another round of a call its answers stand among its arguments, whatever the schema of the tool has (ADR 0056)
    const found = of.keys.get(field) ?? (path === 'args' && field === CONTINUATION ? DYN : undefined)
    if (found !== undefined || !of.closed) return found ?? DYN
    const known = [...of.keys.keys()]
    const near = nearest(field, known)
    const hint =
      near === null ? (known.length === 0 ? '' : ` There is: ${known.join(', ')}.`) : ` Did you mean “${near}”?`
    return this.fail(`${path} has no “${field}”.${hint}`)
  }

  private call(
    call: { function: string; target?: Expr | undefined; args: Expr[] },
    names: ReadonlyMap<string, Kind>,
  ): Kind {
    const name = call.function
    const target = call.target === undefined ? null : this.kind(call.target, names)
    const given = call.args.map((each) => this.kind(each, names))
    const [a = DYN, b = DYN] = given
    if (name === '_[_]') return this.index(a, b, call.args)
    if (name === '_?_:_') return given[1]?.is === given[2]?.is ? (given[1] ?? DYN) : DYN
    if (LOGIC.has(name)) {
      const odd = given.findIndex(({ is }) => is !== 'bool' && is !== 'dyn')
      const kind = given[odd]
      return kind === undefined ? BOOL : this.fail(`${pathOf(call.args[odd])} is ${WORDS[kind.is]}, not true or false.`)
    }
    if (ORDER.has(name) || EQUALITY.has(name)) {
      const alike = a.is === 'dyn' || b.is === 'dyn' || family(a) === family(b) || (EQUALITY.has(name) && isNull(a, b))
      return alike ? BOOL : this.fail(`${this.words(call.args[0], a)} is compared with ${this.words(call.args[1], b)}.`)
    }
    if (name === '@in') {
      const fits = b.is !== 'list' || a.is === 'dyn' || b.of.is === 'dyn' || family(a) === family(b.of)
      return fits ? BOOL : this.fail(`${this.words(call.args[0], a)} is looked for in a list of ${WORDS[b.of.is]}.`)
    }
    if (ARITHMETIC.has(name)) return this.arithmetic(name, call.args, a, b)
    if (target !== null && ON_TEXT.has(name) && target.is !== 'string' && target.is !== 'dyn')
      return this.fail(`${pathOf(call.target)} is ${WORDS[target.is]}, and ${name}() is for text.`)
    if (name === 'size') {
      const of = target ?? a
      if (!['string', 'bytes', 'list', 'map', 'dyn'].includes(of.is)) return this.fail(`${WORDS[of.is]} has no size.`)
    }
    return RESULTS[name] ?? DYN
  }

  private index(of: Kind, at: Kind, args: readonly Expr[]): Kind {
    if (of.is === 'list') return of.of
    const key = args[1]?.exprKind
    if (of.is === 'map' && key?.case === 'constExpr' && key.value.constantKind.case === 'stringValue')
      return this.select(of, key.value.constantKind.value, pathOf(args[0]))
    return of.is === 'map' || of.is === 'dyn' || at.is === 'dyn' ? DYN : this.fail(`${WORDS[of.is]} has no parts.`)
  }

  private arithmetic(name: string, args: readonly Expr[], a: Kind, b: Kind): Kind {
    // a moment less a moment is a span, and so on
    if ([a, b].some(({ is }) => is === 'timestamp' || is === 'duration')) return DYN
    if (a.is === 'dyn' || b.is === 'dyn') return a.is === 'dyn' ? b : a
    if (a.is === b.is) return a
    const mixed = family(a) === 'number' && family(b) === 'number'
    const hint = mixed ? ' Numbers in arguments are doubles: write 2.0 rather than 2.' : ''
    return this.fail(
      `${this.words(args[0], a)} and ${this.words(args[1], b)} do not go together in “${name.replaceAll('_', '')}”.${hint}`,
    )
  }

  private words(expr: Expr | undefined, kind: Kind): string {
    const path = pathOf(expr)
    return path === 'it' ? WORDS[kind.is] : `${path} (${WORDS[kind.is]})`
  }
}

const family = (kind: Kind): string => (kind.is === 'int' || kind.is === 'double' ? 'number' : kind.is)
const isNull = (a: Kind, b: Kind): boolean => a.is === 'null' || b.is === 'null'

function constant(kind: string | undefined): Kind {
  switch (kind) {
    case 'boolValue':
      return BOOL
    case 'int64Value':
    case 'uint64Value':
      return INT
    case 'doubleValue':
      return { is: 'double' }
    case 'stringValue':
      return STRING
    case 'bytesValue':
      return { is: 'bytes' }
    case 'nullValue':
      return { is: 'null' }
    default:
      return DYN
  }
}

/** An expression as a reader names it: `args.to`; `it` for what has no name. */
function pathOf(expr: Expr | undefined): string {
  if (expr?.exprKind.case === 'identExpr') return expr.exprKind.value.name
  if (expr?.exprKind.case === 'selectExpr') {
    const of = pathOf(expr.exprKind.value.operand)
    return of === 'it' ? 'it' : `${of}.${expr.exprKind.value.field}`
  }
  return 'it'
}

const DEEPEST = 12
const NAMED: Readonly<Record<string, Kind>> = {
  string: STRING,
  number: { is: 'double' },
  integer: { is: 'double' },
  boolean: BOOL,
  null: { is: 'null' },
}

/** What a JSON Schema says a value is; anything it says in another way than `type`, `properties` and `items` is anything. */
function kindOf(schema: JsonValue | undefined, depth: number): Kind {
  if (typeof schema !== 'object' || schema === null || Array.isArray(schema) || depth > DEEPEST) return DYN
  const { type, properties, items, additionalProperties, patternProperties } = schema
  if (['$ref', 'anyOf', 'oneOf', 'allOf', 'if', '$dynamicRef'].some((key) => Object.hasOwn(schema, key))) return DYN
  if (typeof type !== 'string') return DYN
  if (type === 'array') return { is: 'list', of: kindOf(items, depth + 1) }
  if (type !== 'object') return NAMED[type] ?? DYN
  const listed = typeof properties === 'object' && properties !== null && !Array.isArray(properties) ? properties : null
  if (listed === null) return DYN
  // Servers rarely say that there are no other keys; a condition on one that is not listed is a slip all the same.
  const open =
    patternProperties !== undefined || additionalProperties === true || typeof additionalProperties === 'object'
  return {
    is: 'map',
    keys: new Map(Object.entries(listed).map(([key, each]) => [key, kindOf(each, depth + 1)])),
    closed: !open,
  }
}
