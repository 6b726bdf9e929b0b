import type { JsonObject } from '@/lib/core/json'

export const ACCESSES = ['read', 'write'] as const
export type Access = (typeof ACCESSES)[number]
export const AUDIENCES = ['internal', 'customer', 'external'] as const
export type Audience = (typeof AUDIENCES)[number]

/**
 * What a person says a tool does (DESIGN §4). Only `access` must be said; what is left out is read as `classDefaults`
 * says. `reversible` false means it cannot be undone; `external` means it leaves the organisation, reads included.
 */
export type ToolClass = {
  access: Access
  reversible?: boolean
  audience?: Audience
  production?: boolean
  spends?: boolean
}

/**
 * A tool as the catalogue knows it. `class` is null until a person has confirmed one. `executes` marks a tool that runs
 * code or commands, the only kind the sandbox of a boundary is about. `schema` is the JSON Schema of its arguments.
 */
export type CatalogueTool = {
  name: string
  class: ToolClass | null
  executes?: boolean
  /** what the tool is a way to, so that the boundary's `surfaces` judge its arguments: a shell, changing files, reading files */
  surface?: Surface
  schema?: JsonObject | boolean
  /**
   * Its description or schema is not the one a person confirmed: what was confirmed still restricts it, and every call asks a
   * person until somebody has read the new one.
   */
  changed?: true
}

/** Where what is said of a tool came from: a person, a file, its server, or nobody but an agent that named it. */
export type ToolSource = 'person' | 'import' | 'mcp' | 'trace' | 'seen'

export const SURFACES = ['commands', 'code', 'data'] as const
export type Surface = (typeof SURFACES)[number]

/** What `countersign exec` proposes its commands as; `local` is nobody's server. */
export const EXEC_TOOL = 'local.countersign-exec'

/** Known without a catalogue: Claude Code's own tools and our runner's, by what they are a way to. */
export const KNOWN_SURFACES: ReadonlyMap<string, Surface> = new Map([
  ['claude-code.Bash', 'commands'],
  ['claude-code.Edit', 'code'],
  ['claude-code.MultiEdit', 'code'],
  ['claude-code.Write', 'code'],
  ['claude-code.NotebookEdit', 'code'],
  ['claude-code.Read', 'data'],
  ['claude-code.NotebookRead', 'data'],
  ['claude-code.Glob', 'data'],
  ['claude-code.Grep', 'data'],
  ['claude-code.LS', 'data'],
  [EXEC_TOOL, 'commands'],
])

/** Known without a catalogue to run commands. */
export const KNOWN_EXECUTORS: ReadonlySet<string> = new Set(
  [...KNOWN_SURFACES].flatMap(([name, surface]) => (surface === 'commands' ? [name] : [])),
)

export const LOCAL_SERVER = 'local'

export type ToolName = { server: string; tool: string; name: string }

// What any MCP server, hook or SDK calls a tool, without blanks, controls or look-alike letters from other scripts.
const SERVER = /^[A-Za-z0-9_-]{1,64}$/
const TOOL = /^[A-Za-z0-9_.:/-]{1,128}$/

/** Whether a text can name an MCP server (or `local`). */
export function isServerName(text: string): boolean {
  return SERVER.test(text)
}

/**
 * The tool an action names: `server.tool`, split at the first dot; without a server it is `local.tool` (DESIGN §4).
 * null when the text is not a name.
 */
export function resolveTool(text: string): ToolName | null {
  const dot = text.indexOf('.')
  const server = dot < 0 ? LOCAL_SERVER : text.slice(0, dot)
  const tool = text.slice(dot + 1)
  return SERVER.test(server) && TOOL.test(tool) ? { server, tool, name: `${server}.${tool}` } : null
}

/** The class with everything said: within a class an absent `reversible` on a write means false, and so on (DESIGN §4). */
export function classDefaults(given: ToolClass): Required<ToolClass> {
  return {
    access: given.access,
    reversible: given.reversible ?? given.access === 'read',
    audience: given.audience ?? 'internal',
    production: given.production ?? false,
    spends: given.spends ?? false,
  }
}

/** Why a class calls for a human (C16), as reason codes; empty when the tool may run alone where its scope allows it. */
export type Stake = 'irreversible' | 'customer_facing' | 'external' | 'production' | 'spends_money'

export function stakesOf(given: ToolClass): Stake[] {
  const known = classDefaults(given)
  const stakes: Stake[] = []
  if (!known.reversible) stakes.push('irreversible')
  if (known.audience === 'customer') stakes.push('customer_facing')
  if (known.audience === 'external') stakes.push('external')
  if (known.production) stakes.push('production')
  if (known.spends) stakes.push('spends_money')
  return stakes
}

/**
 * Which surface of the boundary judges a call of a tool by its arguments: known without a catalogue, or marked there. A tool that
 * is only marked as running code is a shell where it is given a `command`.
 */
export function surfaceOf(name: string, catalogue: CatalogueTool | null, args: JsonObject): Surface | null {
  const marked = KNOWN_SURFACES.get(name) ?? catalogue?.surface ?? null
  return marked ?? (catalogue?.executes === true && Object.hasOwn(args, 'command') ? 'commands' : null)
}

/** Whether a tool runs code or commands, so that the boundary's sandbox applies to it. */
export function executesCode(name: string, catalogue: CatalogueTool | null): boolean {
  return catalogue?.executes === true || catalogue?.surface === 'commands' || KNOWN_EXECUTORS.has(name)
}
