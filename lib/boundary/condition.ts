import { type CelEnv, celEnv, CelScalar, isCelError, mapType, parse, plan } from '@bufbuild/cel'
import { strings } from '@bufbuild/cel/ext'
import type { JsonObject } from '@/lib/core/json'

/** What a condition may look at (DESIGN §4). `now` is milliseconds since 1970; it reads as a CEL timestamp. */
export type ConditionInput = {
  args: JsonObject
  agent: JsonObject
  run: JsonObject
  resource: JsonObject | null
  /** what a foreign protocol says of who acts: `type`, `id` and its properties (AuthZEN); null elsewhere */
  subject: JsonObject | null
  now: number
}

/** A condition ready to run. It answers true or false; `error` when it could not tell, which is never a permission. */
export type Condition = { text: string; test: (input: ConditionInput, size: () => number) => boolean | 'error' }

export type ConditionProblem = { message: string; at?: number }

const MAX_LENGTH = 1000
const MAX_NODES = 300
const MAX_DEPTH = 40
const MAX_LOOPS = 2
const MAX_PATTERN = 200
const MAX_REPEAT = 32
/**
 * Beyond these sizes (`jsonSize`) a condition answers `error` unread. Measured: a loop costs 0.25 µs a value, and the worst
 * pattern still allowed 8 µs a character.
 */
const MAX_SIZE = 20_000
const MAX_SIZE_MATCHED = 4_000
const MAX_STEPS = 200_000

const VARIABLES = ['args', 'agent', 'run', 'resource', 'subject', 'now'] as const
const TYPES = ['bool', 'int', 'uint', 'double', 'string', 'bytes', 'list', 'map', 'null_type', 'type']
// `replace`, `join`, `format` and `charAt` are left out: the first is quadratic, none is needed to judge a call.
const STRINGS = new Set(['indexOf', 'lastIndexOf', 'lowerAscii', 'upperAscii', 'split', 'substring', 'trim'])
const NOT_BOOLEAN = /^(_[-+*/%]_|-_|_\[_\]$|size$|int$|uint$|double$|string$|bytes$|timestamp$|duration$|type$)/

const map = mapType(CelScalar.STRING, CelScalar.DYN)
const env: CelEnv = celEnv({
  variables: { args: map, agent: map, run: map, resource: map, subject: map, now: CelScalar.DYN },
  funcs: strings.filter((func) => STRINGS.has(func.name)),
})
const timestamp = plan(env, parse('timestamp(args.at)'))
const patternIsRE2 = plan(env, parse('"".matches(args.pattern) '))

type Expr = ReturnType<typeof parse>['expr']

// Parsing costs a hundred times what running does, and the same few texts come back with every document and draft.
const known = new Map<string, ReturnType<typeof compile>>()
const MOST_KNOWN = 2000

/**
 * Compiles a CEL expression (cel.dev, without protobuf messages) once, for many decisions: bounded in length, nesting,
 * loops and patterns, every name known, and answering true or false.
 */
export function compileCondition(text: string): { condition: Condition } | { problem: ConditionProblem } {
  const before = known.get(text)
  if (before !== undefined) return before
  const compiled = compile(text)
  if (known.size >= MOST_KNOWN) known.clear()
  known.set(text, compiled)
  return compiled
}

function compile(text: string): { condition: Condition } | { problem: ConditionProblem } {
  if (text.length > MAX_LENGTH)
    return { problem: { message: `A condition may have at most ${MAX_LENGTH} characters.` } }
  if (nesting(text) > MAX_DEPTH) return { problem: { message: 'The condition is nested too deeply to read.' } }
  try {
    const { expr } = parse(text)
    const seen = inspect(expr)
    if (seen.problem !== null) return { problem: { message: seen.problem } }
    return { condition: { text, test: tester(plan(env, expr), seen) } }
  } catch (error) {
    return { problem: syntaxProblem(error) }
  }
}

/** Brackets within brackets, those in strings included: the parser recurses, and how far it gets depends on its caller. */
function nesting(text: string): number {
  let depth = 0
  let deepest = 0
  for (const character of text) {
    if ('([{'.includes(character)) deepest = Math.max(deepest, (depth += 1))
    else if (')]}'.includes(character)) depth -= 1
  }
  return deepest
}

function syntaxProblem(error: unknown): ConditionProblem {
  if (error instanceof Error && 'location' in error && 'rawMessage' in error) {
    const { start } = error.location as { start: { offset: number } }
    const message = `The condition is not CEL: ${String(error.rawMessage).slice(0, 200)} at its character ${start.offset + 1}.`
    return { message, at: start.offset }
  }
  return { message: 'The condition is not CEL.' }
}

type Inspection = { problem: string | null; nodes: number; loops: number; usesNow: boolean; matches: boolean }

function tester(run: ReturnType<typeof plan>, seen: Inspection): Condition['test'] {
  return (input, size) => {
    const measured = size()
    if (measured > (seen.matches ? MAX_SIZE_MATCHED : MAX_SIZE) || measured ** seen.loops > MAX_STEPS) return 'error'
    const now = seen.usesNow ? timestamp({ args: { at: new Date(input.now).toISOString() } }) : null
    if (isCelError(now)) return 'error'
    const { args, agent, run: current, resource, subject } = input
    // The library's input type does not know plain JSON objects as maps; it takes them (its README, "Types").
    const bindings = { args, agent, run: current, resource, subject, now } as Parameters<typeof run>[0]
    const value = run(bindings)
    return typeof value === 'boolean' ? value : 'error'
  }
}

/** Walks the parsed expression: sizes, loops, and every name that would only fail when it is too late. */
function inspect(root: Expr): Inspection {
  const seen: Inspection = { problem: null, nodes: 0, loops: 0, usesNow: false, matches: false }
  visit(root, seen, new Set(), 0, 0)
  const { exprKind } = root
  const constant = exprKind.case === 'constExpr' && exprKind.value.constantKind.case !== 'boolValue'
  const built = exprKind.case === 'listExpr' || exprKind.case === 'structExpr'
  if (constant || built || (exprKind.case === 'callExpr' && NOT_BOOLEAN.test(exprKind.value.function))) {
    seen.problem ??= 'A condition must answer true or false.'
  }
  return seen
}

function visit(
  expr: Expr | undefined,
  seen: Inspection,
  bound: ReadonlySet<string>,
  depth: number,
  loops: number,
): void {
  if (expr === undefined || seen.problem !== null) return
  seen.nodes += 1
  if (seen.nodes > MAX_NODES || depth > MAX_DEPTH) {
    seen.problem = 'The condition is too large: split it into several rules.'
    return
  }
  const deeper = (child: Expr | undefined, names = bound, nested = loops) =>
    visit(child, seen, names, depth + 1, nested)
  const { exprKind } = expr
  switch (exprKind.case) {
    case 'identExpr':
      seen.usesNow ||= exprKind.value.name === 'now' && !bound.has('now')
      if (!bound.has(exprKind.value.name) && !isKnown(exprKind.value.name)) {
        seen.problem = `"${exprKind.value.name}" is not known: a condition reads ${VARIABLES.join(', ')}.`
      }
      return
    case 'selectExpr':
      return deeper(exprKind.value.operand)
    case 'callExpr':
      call(exprKind.value.function, exprKind.value.args, seen)
      deeper(exprKind.value.target)
      for (const argument of exprKind.value.args) deeper(argument)
      return
    case 'listExpr':
      for (const element of exprKind.value.elements) deeper(element)
      return
    case 'structExpr':
      if (exprKind.value.messageName !== '') seen.problem = 'Protobuf messages cannot be made in a condition.'
      for (const { keyKind, value } of exprKind.value.entries) {
        if (keyKind.case === 'mapKey') deeper(keyKind.value)
        deeper(value)
      }
      return
    case 'constExpr':
    case undefined:
      return
    case 'comprehensionExpr': {
      const { accuVar, iterVar, iterVar2, iterRange, accuInit, loopCondition, loopStep, result } = exprKind.value
      const names = new Set([...bound, accuVar, iterVar, iterVar2])
      seen.loops = Math.max(seen.loops, loops + 1)
      if (seen.loops > MAX_LOOPS) seen.problem = `At most ${MAX_LOOPS} loops may be nested in a condition.`
      deeper(iterRange)
      deeper(accuInit)
      for (const part of [loopCondition, loopStep, result]) deeper(part, names, loops + 1)
      return
    }
  }
}

function isKnown(name: string): boolean {
  return (VARIABLES as readonly string[]).includes(name) || TYPES.includes(name)
}

function call(name: string, args: readonly Expr[], seen: Inspection): void {
  if (!/^[_@!-]/.test(name) && env.funcs.find(name) === undefined) {
    seen.problem ??= `There is no function "${name}" in conditions.`
  }
  if (name === 'matches') {
    seen.matches = true
    pattern(args.at(-1), seen)
  }
}

/** A pattern is written by the signer, never taken from an argument, and RE2 stays fast on it. */
function pattern(expr: Expr | undefined, seen: Inspection): void {
  const constant = expr?.exprKind.case === 'constExpr' ? expr.exprKind.value.constantKind : undefined
  if (constant?.case !== 'stringValue') seen.problem ??= 'The pattern of matches() must be written out.'
  else if (constant.value.length > MAX_PATTERN) seen.problem ??= `A pattern may have at most ${MAX_PATTERN} characters.`
  else if ([...constant.value.matchAll(/\{[0-9]*,?([0-9]+)/g)].some(([, times]) => Number(times) > MAX_REPEAT)) {
    seen.problem ??= `A pattern may repeat something at most ${MAX_REPEAT} times.`
  } else if (isCelError(patternIsRE2({ args: { pattern: constant.value } }))) {
    seen.problem ??= 'The pattern of matches() is not RE2.'
  }
}
