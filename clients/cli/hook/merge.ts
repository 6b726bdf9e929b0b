import { type Hooks, isOurs } from './settings'

type Tree = Record<string, unknown>
const isTree = (value: unknown): value is Tree => typeof value === 'object' && value !== null && !Array.isArray(value)

/**
 * A settings document with our hooks in place of earlier ones of ours; with `hooks` null, without any. What others wrote stays as it is, in its
 * order. Pure: the same twice is the same once.
 */
export function mergeHooks(settings: Tree, hooks: Hooks | null): Tree {
  const rest = withoutOurs(isTree(settings.hooks) ? settings.hooks : {})
  for (const [event, groups] of Object.entries(hooks ?? {})) {
    const theirs = rest[event]
    rest[event] = [...(Array.isArray(theirs) ? (theirs as unknown[]) : []), ...groups]
  }
  const { hooks: _, ...others } = settings
  return Object.keys(rest).length === 0 ? others : { ...others, hooks: rest }
}

function withoutOurs(hooks: Tree): Tree {
  const kept: Tree = {}
  for (const [event, groups] of Object.entries(hooks)) {
    if (!Array.isArray(groups)) {
      kept[event] = groups
      continue
    }
    const left = groups.flatMap((group: unknown) => {
      if (!isTree(group) || !Array.isArray(group.hooks) || !group.hooks.some(isOurs)) return [group]
      const others = group.hooks.filter((hook) => !isOurs(hook))
      return others.length === 0 ? [] : [{ ...group, hooks: others }]
    })
    if (left.length > 0) kept[event] = left
  }
  return kept
}
