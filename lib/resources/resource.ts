import type { JsonValue } from '@/lib/core/json'

export const RESOURCE_KINDS = ['detection_rule', 'production_config', 'other'] as const
export type ResourceKind = (typeof RESOURCE_KINDS)[number]

/** How many can be protected at a time: every proposal is compared with all of them. The database holds the same number. */
export const MOST_PROTECTED = 2_000

/** A resource in force as protected, as decisions compare with it. `type` and `name` are as a person wrote them. */
export type Guarded = { id: string; type: string; name: string }

/** What is protected, by the folded name. Several types may share one name. */
export type GuardedByName = ReadonlyMap<string, readonly Guarded[]>

const LONGEST_NAME = 2_048

/** A name without what spelling can vary: case, width and composition (NFKC), blanks around it. */
export function foldName(name: string): string {
  return name.normalize('NFKC').toLowerCase().trim()
}

/** The lookup decisions use. */
export function byName(resources: readonly Guarded[]): GuardedByName {
  const names = new Map<string, Guarded[]>()
  for (const resource of resources) {
    const key = foldName(resource.name)
    names.set(key, [...(names.get(key) ?? []), resource])
  }
  return names
}

/**
 * The protected resources an action addresses: the one it names as its resource, whatever type it gives it, and every one whose
 * name stands as a whole string anywhere in its arguments, so that leaving `resource` out frees nobody (C21). What it names as
 * its resource comes first, the right type before others. A name inside a longer text (a path, a shell command) is not seen.
 */
export function guardedBy(
  names: GuardedByName,
  action: { arguments: JsonValue; resource: { type: string; id: string } | null },
): Guarded[] {
  if (names.size === 0) return []
  const { resource } = action
  const named = resource === null ? [] : (names.get(foldName(resource.id)) ?? [])
  const type = resource === null ? '' : foldName(resource.type)
  const found = new Map<string, Guarded>()
  for (const each of named) if (foldName(each.type) === type) found.set(each.id, each)
  for (const each of named) found.set(each.id, each)
  for (const text of textsIn(action.arguments))
    for (const each of names.get(foldName(text)) ?? []) found.set(each.id, each)
  return [...found.values()]
}

/** Every string of a JSON value that could be a name. */
function* textsIn(value: JsonValue): Generator<string> {
  if (typeof value === 'string') {
    if (value.length <= LONGEST_NAME) yield value
  } else if (Array.isArray(value)) {
    for (const each of value) yield* textsIn(each)
  } else if (typeof value === 'object' && value !== null) {
    for (const each of Object.values(value)) yield* textsIn(each)
  }
}
