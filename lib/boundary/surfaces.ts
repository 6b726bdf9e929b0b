import { COMMAND_LISTS, type CommandList, type PathLists, type Surfaces } from './boundary'
import { parsePattern } from './commands/pattern'
import { parsePathPattern } from './paths/pattern'
import type { Reader } from './reader'
import type { BoundaryErrorCode, Tree } from './yaml'

const MOST_ENTRIES = 500

/** `surfaces`: what is judged by more than the name of a tool: commands (C17), files changed, files and resources read (C14). */
export function readSurfaces(reader: Reader, tree: Tree): Surfaces {
  const entries = reader.map(tree, 'surfaces', 'a map with "tools", "commands", "code" or "data"', [
    'workspace',
    'tools',
    'commands',
    'code',
    'data',
  ])
  const given = entries.get('workspace')
  const workspace = given === undefined ? null : readWorkspace(reader, given.value, 'surfaces.workspace')
  const lists = (key: 'commands' | 'code' | 'data', list: Lists): PathLists | null => {
    const entry = entries.get(key)
    return entry === undefined ? null : readSurface(reader, entry.value, `surfaces.${key}`, workspace, list)
  }
  const code = lists('code', PATHS)
  const data = lists('data', { ...PATHS, what: 'a path or a resource, such as "docs/**", "secrets" or "customer:*"' })
  return { commands: lists('commands', COMMANDS), ...(code && { code }), ...(data && { data }) }
}

/** The same for the baseline, which grants nothing: no list under `autonomous`, and no tools, which stand at its top. */
export function readFloorSurfaces(reader: Reader, tree: Tree): Surfaces {
  const surfaces = readSurfaces(reader, tree)
  const tools = tree.kind === 'map' ? tree.entries.find(({ key }) => key.value === 'tools') : undefined
  if (tools !== undefined)
    reader.fail(tools.key, 'surfaces.tools', 'unknown_key', 'The lists of tools stand at the top of a baseline.')
  for (const name of ['commands', 'code', 'data'] as const)
    if ((surfaces[name]?.autonomous.length ?? 0) > 0)
      reader.fail(
        tree,
        `surfaces.${name}.autonomous`,
        'unknown_key',
        'A baseline grants nothing: list what is never, or asks a person.',
      )
  return surfaces
}

/**
 * `surfaces.tools` holds the same three lists as stand at the top of a boundary: whoever writes a boundary surface by surface
 * writes them there. They are moved up, and in both places at once they are a fault.
 */
export function liftTools(reader: Reader, entries: Entries): void {
  const surfaces = entries.get('surfaces')?.value
  const tools = surfaces?.kind === 'map' ? surfaces.entries.find(({ key }) => key.value === 'tools') : undefined
  if (tools === undefined) return
  for (const [name, entry] of reader.map(tools.value, 'surfaces.tools', 'lists of tools', COMMAND_LISTS)) {
    if (entries.has(name))
      reader.fail(
        entry.key,
        `surfaces.tools.${name}`,
        'duplicate_key',
        `"${name}" stands at the top as well: keep one.`,
      )
    else entries.set(name, entry)
  }
}

type Entries = ReturnType<Reader['map']>

type Lists = {
  what: string
  code: BoundaryErrorCode
  /** why a text is no such entry; null when it is one */
  problem: (text: string, path: string) => string | null
}

const COMMANDS: Lists = {
  what: 'a command, such as "npm test"',
  code: 'invalid_command',
  problem: (text) => {
    const parsed = parsePattern(text)
    return 'problem' in parsed ? parsed.problem : null
  },
}
const PATHS: Lists = {
  what: 'a path, such as "src/**"',
  code: 'invalid_path',
  problem: (text, path) => {
    const parsed = parsePathPattern(text)
    if ('problem' in parsed) return parsed.problem
    const resource = parsed.pattern.type !== null && path.startsWith('surfaces.code')
    return resource ? 'Only files are changed as code: put resources under "data".' : null
  },
}

function readSurface(reader: Reader, tree: Tree, path: string, shared: string | null, lists: Lists): PathLists {
  const entries = reader.map(tree, path, 'lists under "autonomous", "approval_required" and "never"', [
    ...COMMAND_LISTS,
    'workspace',
  ])
  const workspace = entries.get('workspace')
  const list = (name: CommandList): string[] => {
    const entry = entries.get(name)
    return entry === undefined ? [] : readList(reader, entry.value, `${path}.${name}`, lists)
  }
  return {
    workspace: workspace === undefined ? shared : readWorkspace(reader, workspace.value, `${path}.workspace`),
    autonomous: list('autonomous'),
    approval_required: list('approval_required'),
    never: list('never'),
  }
}

function readList(reader: Reader, tree: Tree, path: string, { what, code, problem }: Lists): string[] {
  const seen = new Set<string>()
  return reader.list(tree, path, 'a list', MOST_ENTRIES).flatMap((item, i) => {
    const at = `${path}[${i}]`
    const text = reader.text(item, at, what)
    if (text === null) return []
    const wrong = problem(text, at)
    if (wrong !== null) reader.fail(item, at, code, wrong)
    else if (seen.has(text)) reader.fail(item, at, 'duplicate_entry', `"${text}" is already in the list: keep one.`)
    seen.add(text)
    return [text]
  })
}

function readWorkspace(reader: Reader, tree: Tree, path: string): string | null {
  const text = reader.text(tree, path, 'an absolute directory, such as "/home/dev/app"')
  if (text === null || /^(?:\/(?!\.{1,2}(?:\/|$))[^/~*?$`]+)+$/.test(text)) return text
  reader.fail(tree, path, 'invalid_name', 'Write an absolute directory below the root, such as "/home/dev/app".')
  return null
}
