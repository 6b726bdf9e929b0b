import type { Boundary, Commands, PathLists, Rule, Surfaces } from '@/lib/boundary/boundary'
import { OPEN_SANDBOX } from '@/lib/boundary/sentences'
import type { CatalogueTool, ToolClass } from '@/lib/tools/tool'
import type { Facts } from './facts'
import { boundaryOf, factsFor, NOW } from './testing'

/** How many random cases a property is tried on. */
export const ROUNDS = 1000
const EMPTY = boundaryOf('agent: support-triage')
// Few, so that rules meet.
const SERVERS = ['crm', 'files', 'local']
const TOOLS = ['put', 'send']
const COMMANDS = [
  'npm test',
  'npm test; rm -rf x',
  'rm -rf x',
  'npm run lint',
  'sh -c "npm test"',
  'npm test $(id)',
  'rm /app/x',
]
const ENTRIES = ['npm test', 'npm *', 'rm *', 'npm run lint', '*', 'id', 'rm x']
const PATHS = ['src/**', '**', 'a.ts', '*.env', '/app/src/**']
const FILES = ['src/a.ts', '/app/src/a.ts', 'a.ts', 'x/.env', '../a.ts', '/app/a.ts']
const CONDITIONS = [null, null, 'args.n > 2', 'args.missing', 'run.tainted', "resource.type == 'file'"]

/** mulberry32: the same numbers in every run, so that a failure names its round. */
export function seeded(seed: number) {
  let state = seed
  const next = () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
  const chance = (probability: number) => next() < probability
  const pick = <T>(from: readonly T[]): T => from[Math.floor(next() * from.length)] as T
  return { chance, pick, next }
}
export type Random = ReturnType<typeof seeded>

export function aRule(random: Random): Rule {
  const tool = random.chance(0.5) ? random.pick(TOOLS) : `${random.pick(SERVERS)}.${random.pick(TOOLS)}`
  return { tool, when: random.pick(CONDITIONS), reason: null }
}

export function rules(random: Random, most: number): Rule[] {
  return Array.from({ length: Math.floor(random.next() * (most + 1)) }, () => aRule(random))
}

/** Any lists of commands and paths, or none. */
export function someSurfaces(random: Random): Surfaces {
  const lists = (entries: readonly string[]): PathLists => {
    const list = (most: number) => entries.filter(() => random.chance(most))
    const workspace = random.pick([null, null, '/app'])
    return { workspace, autonomous: list(0.5), approval_required: list(0.2), never: list(0.1) }
  }
  return {
    commands: random.chance(0.2) ? null : lists(ENTRIES),
    ...(random.chance(0.4) && { code: lists(PATHS) }),
    ...(random.chance(0.4) && { data: lists([...PATHS, 'file:7', 'file:*', 'secrets']) }),
  }
}

/** The same without what a baseline may not have: it grants nothing. */
export function asFloor({ commands, code, data }: Surfaces): Surfaces {
  const without = (lists: PathLists): PathLists => ({ ...lists, autonomous: [] })
  return {
    commands: commands && without(commands),
    ...(code && { code: without(code) }),
    ...(data && { data: without(data) }),
  }
}

/** Any boundary over a handful of servers, tools and conditions. */
export function aBoundary(random: Random): Boundary {
  const scopes = SERVERS.filter(() => random.chance(0.5)).map((server): [string, Boundary['mcp_scopes'][string]] => [
    server,
    random.pick([['read'], ['write'], ['read', 'write']]),
  ])
  return {
    ...EMPTY,
    mcp_scopes: Object.fromEntries(scopes),
    autonomous: rules(random, 3).map((rule) => ({ ...rule, override: random.chance(0.3) ? 'it must' : null })),
    approval_required: rules(random, 2),
    never: rules(random, 1),
    sandbox: random.chance(0.3) ? { ...OPEN_SANDBOX, isolated: true } : null,
    limits: {
      ...(random.chance(0.3) && { calls_per_minute: 3 }),
      ...(random.chance(0.2) && { spend_per_day: { amount: 5, currency: random.pick(['EUR', 'USD']) } }),
      ...(random.chance(0.2) && { run_length: random.pick([1_800_000, 7_200_000]) }),
    },
    ...(random.chance(0.5) && { surfaces: someSurfaces(random) }),
    ...(random.chance(0.2) && { protected: [random.pick(['file/7', 'file/*', 'file/8'])] }),
    ...(random.chance(0.15) && { mode: { observe_until: random.pick([NOW, NOW + 1, NOW + 2]) } }),
  }
}

function aClass(random: Random): ToolClass {
  return {
    access: random.pick(['read', 'write']),
    ...(random.chance(0.6) && { reversible: random.chance(0.7) }),
    ...(random.chance(0.3) && { audience: random.pick(['internal', 'customer', 'external']) }),
    ...(random.chance(0.2) && { production: true }),
    ...(random.chance(0.2) && { spends: true }),
  }
}

function aTool(random: Random, name: string): CatalogueTool | null {
  if (random.chance(0.2)) return null
  return {
    name,
    class: random.chance(0.9) ? aClass(random) : null,
    ...(random.chance(0.3) && { executes: true }),
    ...(random.chance(0.4) && { surface: random.pick(['commands', 'code', 'data'] as const) }),
  }
}

/** Any facts about one call under any boundary. */
export function someFacts(random: Random): Facts {
  const name = `${random.pick(SERVERS)}.${random.pick(TOOLS)}`
  const facts = factsFor(aBoundary(random), name, { tool: aTool(random, name) })
  return {
    ...facts,
    agent: { ...facts.agent, owned: random.chance(0.95), reviewDueAt: random.chance(0.95) ? NOW + 1 : NOW },
    action: {
      tool: name,
      arguments: random.chance(0.4)
        ? random.chance(0.5)
          ? { command: random.pick(COMMANDS) }
          : { path: random.pick(FILES) }
        : { n: Math.floor(random.next() * 5), ...(random.chance(0.4) && { amount: 3, currency: 'EUR' }) },
      resource: random.chance(0.5) ? { type: 'file', id: '7' } : null,
    },
    run: {
      id: null,
      tainted: random.chance(0.2),
      sandbox: random.chance(0.5) ? { ...OPEN_SANDBOX, isolated: true } : null,
      openedAt: random.chance(0.3) ? NOW - 3_600_000 : null,
    },
    used: {
      minute: random.pick([0, 3]),
      hour: 0,
      day: random.pick([0, 3]),
      'spend:EUR:day': random.pick([0, 30_000]),
      'tokens:hour': random.pick([0, 500]),
    },
  }
}

/** Small edits, so that many of them only narrow. */
export function edited(document: Boundary, random: Random): Boundary {
  const without = <T>(list: readonly T[]): T[] => list.filter(() => random.chance(0.6))
  const edits: ((from: Boundary) => Boundary)[] = [
    (from) => ({ ...from, never: [...from.never, aRule(random)] }),
    (from) => ({ ...from, approval_required: [...from.approval_required, aRule(random)] }),
    (from) => ({ ...from, autonomous: without(from.autonomous) }),
    (from) => ({ ...from, autonomous: from.autonomous.map((rule) => ({ ...rule, override: null })) }),
    (from) => ({ ...from, autonomous: from.autonomous.map((rule) => ({ ...rule, when: rule.when ?? 'args.n > 2' })) }),
    (from) => ({ ...from, mcp_scopes: Object.fromEntries(without(Object.entries(from.mcp_scopes))) }),
    (from) => ({ ...from, approval_required: without(from.approval_required) }),
    (from) => ({ ...from, never: without(from.never) }),
    (from) => ({ ...from, limits: { calls_per_minute: random.pick([2, 3, 4]) } }),
    (from) => ({
      ...from,
      limits: { ...from.limits, spend_per_day: { amount: random.pick([2, 4]), currency: 'EUR' } },
    }),
    (from) => ({ ...from, limits: { ...from.limits, run_length: random.pick([600_000, 7_200_000]) } }),
    (from) => ({ ...from, sandbox: null }),
    (from) => ({ ...from, autonomous: [...from.autonomous, { ...aRule(random), override: null }] }),
    (from) => ({ ...from, surfaces: someSurfaces(random) }),
    (from) => withCommands(from, (commands) => ({ ...commands, never: [...commands.never, 'npm *'] })),
    (from) => withCommands(from, (commands) => ({ ...commands, autonomous: without(commands.autonomous) })),
    (from) =>
      withCommands(from, (commands) => ({ ...commands, approval_required: [...commands.approval_required, 'id'] })),
    (from) => withCommands(from, (commands) => ({ ...commands, workspace: null })),
    (from) => withPaths(from, (lists) => ({ ...lists, never: [...lists.never, 'src/**'] })),
    (from) => withPaths(from, (lists) => ({ ...lists, autonomous: without(lists.autonomous) })),
    (from) => withPaths(from, (lists) => ({ ...lists, approval_required: without(lists.approval_required) })),
    (from) => withPaths(from, (lists) => ({ ...lists, workspace: null })),
    (from) => ({ ...from, protected: [...(from.protected ?? []), 'file/7'] }),
    ({ mode: _, ...from }) => from,
    (from) => ({ ...from, mode: { observe_until: random.pick([NOW, NOW + 1, NOW + 2]) } }),
  ]
  const one = random.pick(edits)(document)
  return random.chance(0.4) ? random.pick(edits)(one) : one
}

function withPaths(from: Boundary, change: (lists: PathLists) => PathLists): Boundary {
  const { surfaces } = from
  if (surfaces === undefined) return from
  return {
    ...from,
    surfaces: {
      ...surfaces,
      ...(surfaces.code && { code: change(surfaces.code) }),
      ...(surfaces.data && { data: change(surfaces.data) }),
    },
  }
}

function withCommands(from: Boundary, change: (commands: Commands) => Commands): Boundary {
  const commands = from.surfaces?.commands ?? null
  return commands === null ? from : { ...from, surfaces: { ...from.surfaces, commands: change(commands) } }
}
