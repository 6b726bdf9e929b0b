import { inside } from '@/lib/boundary/commands/paths'
import { isSecretFile } from '@/lib/boundary/paths/secret-files'
import { parsePathPattern } from '@/lib/boundary/paths/pattern'
import type { JsonObject } from '@/lib/core/json'
import type { Entry } from './propose-commands'

const KEYS = ['file_path', 'notebook_path', 'path'] as const
const VARIANTS = 3

/** The file a call names, from the workspace down; null where it names none, or one outside it, or one that holds secrets. */
export function fileIn(args: JsonObject, workspace: string | null): string | null {
  const key = KEYS.find((name) => typeof args[name] === 'string')
  const given = key === undefined ? null : args[key]
  const file = typeof given === 'string' ? inside(given, '', workspace) : null
  return file === null || file === '' || file === '.' || isSecretFile(file) || /[*?]/.test(file) ? null : file
}

/** Entries that cover some files: each by itself, or the directory at the top where three files below it were used. */
export function pathEntries(files: Iterable<string>, generalise: boolean): Entry[] {
  const groups = new Map<string, Set<string>>()
  for (const file of files) {
    const [top = '', ...below] = file.split('/')
    const key = below.length > 0 ? top : ''
    groups.set(key, (groups.get(key) ?? new Set()).add(file))
  }
  const entries = [...groups]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([top, names]): Entry[] => {
      if (generalise && top !== '' && names.size >= VARIANTS)
        return [{ text: `${top}/**`, guess: `${String(names.size)} files below it were used` }]
      return [...names].toSorted().map((text) => ({ text, guess: null }))
    })
  return entries.filter(({ text }) => 'pattern' in parsePathPattern(text))
}
