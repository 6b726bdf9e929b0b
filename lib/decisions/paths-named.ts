import type { JsonObject, JsonValue } from '@/lib/core/json'

/** More paths in one call are not compared with lists, nor longer ones together: the time a call may take is bounded. */
const MOST_PATHS = 200
const MOST_CHARACTERS = 20_000
const LONGEST_PATH = 1_000

/** Names tools give arguments that hold a path, in snake case. */
const PATH_KEYS =
  /^(?:.*_)?(?:paths?|files?|file_?names?|sources?|src|destinations?|dest|targets?|directory|directories|dirs?|folders?|uris?|urls?|roots?|locations?)$/
/** Arguments that narrow a search to names. */
const NAME_KEYS = /^(?:globs?|include|file_pattern)$/
/** Arguments that move where relative paths begin. */
const ELSEWHERE = new Set(['cwd', 'workdir', 'working_directory', 'base_dir', 'base_path'])
/** Texts beside which a search that names no path is of the whole workspace. */
const SEARCH =
  /^(?:pattern|query|q|text|regex|search|globs?|include|exclude|file_pattern|type|output_mode|description|-.*)$/
const LONGEST_KEY = 100

export type NamedPaths = {
  /** as many as are compared with lists */
  paths: string[]
  /** texts that may name more files than `paths` do: compared with what holds and forbids */
  hints: string[]
  /** why the call does not say which files it is about; null when it does */
  unclear: string | null
}

/** As many of some paths as are compared with lists. What is too long to be read costs nothing. */
export function compared(paths: readonly string[]): string[] {
  let left = MOST_CHARACTERS
  const end = paths.slice(0, MOST_PATHS).findIndex((path) => {
    left -= path.length > LONGEST_PATH ? 0 : path.length
    return left < 0
  })
  return paths.slice(0, end < 0 ? MOST_PATHS : end)
}

/** Every path the arguments of a tool name, at any depth, by the names tools give them. */
export function pathsNamed(args: JsonObject, mayBeWhole: boolean): NamedPaths {
  const paths = new Set<string>()
  const hints = new Set<string>()
  const places: string[] = []
  let odd = false
  let searches = true
  const waiting: { value: JsonValue; key: string; named: boolean }[] = [{ value: args, key: '', named: false }]
  for (let one = waiting.pop(); one !== undefined; one = waiting.pop()) {
    const { value, key, named } = one
    if (Array.isArray(value)) for (const each of entriesOf(value, key, named)) waiting.push(each)
    else if (typeof value === 'object' && value !== null)
      for (const [name, each] of Object.entries(value)) {
        if (isOff(each)) continue
        const key = snake(name)
        if (ELSEWHERE.has(key)) places.push(typeof each === 'string' ? each : '')
        else if (PATH_KEYS.test(key)) {
          if (isTexts(each)) for (const text of textsOf(each)) paths.add(text)
          else odd = true
          if (!isTexts(each)) waiting.push({ value: each, key, named: true })
        } else {
          searches &&= SEARCH.test(key) || typeof each === 'number' || typeof each === 'boolean'
          waiting.push({ value: each, key, named: named || NAME_KEYS.test(key) })
        }
      }
    else if (typeof value === 'string' && named) hints.add(value)
  }
  const all = [...paths]
  const few = compared(all)
  odd ||= few.length < all.length || compared([...hints]).length < hints.size
  for (const place of places.slice(0, 3)) for (const path of few) hints.add(`${place}/${path}`)
  const whole = all.length === 0 && mayBeWhole && searches && !odd
  return {
    paths: whole ? ['.'] : few,
    hints: compared([...hints]),
    unclear: odd
      ? 'it names its files in a way nobody can read'
      : places.length > 0
        ? 'its paths begin somewhere else'
        : all.length === 0 && !whole
          ? 'it does not say which file'
          : null,
  }
}

function* entriesOf(list: readonly JsonValue[], key: string, named: boolean) {
  for (const value of list)
    if (typeof value === 'object' ? value !== null : named && typeof value === 'string') yield { value, key, named }
}

/** `filePath` and `file-path` as `file_path`. */
function snake(name: string): string {
  if (name.length > LONGEST_KEY || name.startsWith('-')) return name.slice(0, LONGEST_KEY)
  return name
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replaceAll('-', '_')
    .toLowerCase()
}

const isOff = (value: JsonValue): boolean => value === null || value === ''

const isTexts = (value: JsonValue): boolean =>
  typeof value === 'string' || (Array.isArray(value) && value.every((each) => typeof each === 'string'))

const textsOf = (value: JsonValue): string[] =>
  (Array.isArray(value) ? value : [value]).filter((each) => typeof each === 'string')
