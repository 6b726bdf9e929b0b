import { COMMAND_LISTS, type Commands, type Surfaces } from './boundary'
import { parsePattern } from './commands/pattern'
import type { Reader } from './reader'
import type { Tree } from './yaml'

const MOST_COMMANDS = 500

/** `surfaces`: what is judged by more than the name of a tool; today the commands of shells (C17). */
export function readSurfaces(reader: Reader, tree: Tree): Surfaces {
  const commands = reader.map(tree, 'surfaces', 'a map with "commands"', ['commands']).get('commands')
  return { commands: commands === undefined ? null : readCommands(reader, commands.value) }
}

function readCommands(reader: Reader, tree: Tree): Commands {
  const path = 'surfaces.commands'
  const entries = reader.map(tree, path, 'lists of commands under "autonomous", "approval_required" and "never"', [
    ...COMMAND_LISTS,
    'workspace',
  ])
  const workspace = entries.get('workspace')
  const list = (name: (typeof COMMAND_LISTS)[number]): string[] => {
    const entry = entries.get(name)
    return entry === undefined ? [] : readList(reader, entry.value, `${path}.${name}`)
  }
  return {
    workspace: workspace === undefined ? null : readWorkspace(reader, workspace.value, `${path}.workspace`),
    autonomous: list('autonomous'),
    approval_required: list('approval_required'),
    never: list('never'),
  }
}

function readList(reader: Reader, tree: Tree, path: string): string[] {
  const seen = new Set<string>()
  return reader.list(tree, path, 'a list of commands', MOST_COMMANDS).flatMap((item, i) => {
    const at = `${path}[${i}]`
    const text = reader.text(item, at, 'a command, such as "npm test"')
    if (text === null) return []
    const parsed = parsePattern(text)
    if ('problem' in parsed) reader.fail(item, at, 'invalid_command', parsed.problem)
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
