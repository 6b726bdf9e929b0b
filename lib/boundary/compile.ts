import { byName, foldName, type GuardedByName } from '@/lib/resources/resource'
import type { Access, ToolName } from '@/lib/tools/tool'
import type { AutonomousRule, Baseline, Boundary, Commands, Limits, PathLists, Rule, Sandbox } from './boundary'
import type { CommandLists } from './commands/judge'
import { type CommandPattern, parsePattern } from './commands/pattern'
import { compileCondition, type Condition } from './condition'
import type { CompiledPaths } from './paths/judge'
import { parsePathPattern } from './paths/pattern'

/** One rule ready to match. `rule` is its place in the document: `never[0]`, `baseline.approval_required[2]`. */
export type CompiledRule = { rule: string; condition: Condition | null; override: string | null }

/** `protected`, ready to compare: names by their folded form (the id is the entry's place), whole types by theirs. */
export type Protected = { names: GuardedByName; types: ReadonlyMap<string, number> }

export type CompiledFloor = CompiledSurfaces & {
  never: ReadonlyMap<string, CompiledRule[]>
  approval_required: ReadonlyMap<string, CompiledRule[]>
  limits: Limits
}

export type CompiledSurfaces = {
  commands: CommandLists | null
  code: CompiledPaths | null
  data: CompiledPaths | null
}

/** A boundary made ready for many decisions: rules by the name they are written under, conditions compiled. */
export type CompiledBoundary = CompiledFloor & {
  autonomous: ReadonlyMap<string, CompiledRule[]>
  scopes: ReadonlyMap<string, readonly Access[]>
  sandbox: Sandbox | null
  protected: Protected
  elevation: CompiledElevation | null
}

/** The ceiling of elevations, ready to match. */
export type CompiledElevation = {
  scopes: ReadonlyMap<string, readonly Access[]>
  tools: ReadonlyMap<string, CompiledRule[]>
}

const boundaries = new WeakMap<Boundary, CompiledBoundary>()
const baselines = new WeakMap<Baseline, CompiledFloor>()

/**
 * Compiles a boundary once for each document object (signed documents never change: keep the object, not only its text).
 * @throws Error when a condition cannot be compiled; the gate then forbids with `evaluation_error`
 */
export function compileBoundary(document: Boundary): CompiledBoundary {
  return remember(boundaries, document, () => ({
    ...compileFloor(document, ''),
    autonomous: index(document.autonomous, 'autonomous'),
    scopes: new Map(Object.entries(document.mcp_scopes)),
    sandbox: document.sandbox,
    protected: compileProtected(document.protected ?? []),
    elevation:
      document.elevation === undefined
        ? null
        : {
            scopes: new Map(Object.entries(document.elevation.mcp_scopes)),
            tools: index(document.elevation.tools, 'elevation.tools'),
          },
  }))
}

/** The same for the organisation's baseline (C44). */
export function compileBaseline(document: Baseline): CompiledFloor {
  return remember(baselines, document, () => compileFloor(document, 'baseline.'))
}

/**
 * The rules written for a tool, by its qualified name or by its bare one. A bare name is the tool on any server; where
 * `inScope` is false, bare names do not count (`autonomous` outside the scope, DESIGN §4).
 */
export function rulesFor(
  index: ReadonlyMap<string, CompiledRule[]>,
  { name, tool }: ToolName,
  inScope = true,
): readonly CompiledRule[] {
  const qualified = index.get(name) ?? []
  // A dot makes a name qualified: "a.b" is tool b of server a, never tool "a.b" of some other server.
  const bare = inScope && !tool.includes('.') ? (index.get(tool) ?? []) : []
  return bare.length === 0 ? qualified : qualified.length === 0 ? bare : [...qualified, ...bare]
}

function remember<K extends object, V>(cache: WeakMap<K, V>, key: K, make: () => V): V {
  const known = cache.get(key)
  if (known !== undefined) return known
  const made = make()
  cache.set(key, made)
  return made
}

function compileFloor(
  { never, approval_required, limits, surfaces }: Omit<Baseline, 'purpose'>,
  prefix: string,
): CompiledFloor {
  return {
    never: index(never, `${prefix}never`),
    approval_required: index(approval_required, `${prefix}approval_required`),
    limits,
    commands: compileCommands(surfaces?.commands ?? null),
    code: compilePaths(surfaces?.code ?? null),
    data: compilePaths(surfaces?.data ?? null),
  }
}

function index(rules: readonly (Rule | AutonomousRule)[], section: string): Map<string, CompiledRule[]> {
  const byName = new Map<string, CompiledRule[]>()
  rules.forEach((rule, position) => {
    const compiled: CompiledRule = {
      rule: `${section}[${position}]`,
      condition: rule.when === null ? null : compiledOrThrow(rule.when),
      override: 'override' in rule ? rule.override : null,
    }
    byName.set(rule.tool, [...(byName.get(rule.tool) ?? []), compiled])
  })
  return byName
}

function compileCommands(commands: Commands | null): CommandLists | null {
  if (commands === null) return null
  const list = (entries: readonly string[]) => entries.map(patternOrThrow)
  const { workspace, autonomous, approval_required, never } = commands
  return { workspace, autonomous: list(autonomous), approval_required: list(approval_required), never: list(never) }
}

function compileProtected(entries: readonly string[]): Protected {
  const read = entries.map((text, at) => ({
    at,
    type: text.slice(0, text.indexOf('/')),
    name: text.slice(text.indexOf('/') + 1),
  }))
  return {
    names: byName(
      read.filter(({ name }) => name !== '*').map(({ at, type, name }) => ({ id: String(at), type, name })),
    ),
    types: new Map(read.filter(({ name }) => name === '*').map(({ at, type }) => [foldName(type), at])),
  }
}

function compilePaths(lists: PathLists | null): CompiledPaths | null {
  if (lists === null) return null
  const list = (entries: readonly string[]) =>
    entries.map((text) => {
      const parsed = parsePathPattern(text)
      if ('problem' in parsed) throw new Error(parsed.problem)
      return parsed.pattern
    })
  const { workspace, autonomous, approval_required, never } = lists
  return { workspace, autonomous: list(autonomous), approval_required: list(approval_required), never: list(never) }
}

function patternOrThrow(text: string): CommandPattern {
  const parsed = parsePattern(text)
  if ('problem' in parsed) throw new Error(parsed.problem)
  return parsed.pattern
}

function compiledOrThrow(text: string): Condition {
  const compiled = compileCondition(text)
  if ('problem' in compiled) throw new Error(compiled.problem.message)
  return compiled.condition
}
