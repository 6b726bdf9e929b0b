import type { ActionKind } from './kinds'
import type { Noticed } from './notices'

/** One thing to look for in actions of a kind: ours or the organisation's words, never an agent's. */
export type ScrutinyCheck = { id: string; kind: ActionKind; title: string; lookFor: string }

/** The same as its editor sees it. `changedBy` null: it came with the product and nobody has changed it. */
export type EditableCheck = ScrutinyCheck & {
  position: number
  active: boolean
  changedBy: string | null
  changedAt: string
}

/** What a person who looks at an action is helped by: its kinds, what to look for, and what rules noticed by themselves. */
export type Scrutiny = Noticed & { kinds: readonly ActionKind[]; checks: readonly ScrutinyCheck[] }

/** What a kind is called. */
export const KIND_NAMES: Readonly<Record<ActionKind, string>> = {
  code: 'Code',
  configuration: 'Configuration',
  detection: 'Detection rules and filters',
  infrastructure: 'Infrastructure',
  data: 'Data',
  message: 'Messages',
  payment: 'Payments',
  command: 'Commands',
  access: 'Access',
  any: 'Every action',
}

/** At most so many are shown beside one action: a longer list is not read. */
export const MOST_CHECKS = 12

/**
 * The checks that suit an action of these kinds, in the order of the kinds, those of every action last. Where there are too many, each
 * kind keeps its first ones.
 */
export function checksFor(kinds: readonly ActionKind[], checks: readonly ScrutinyCheck[]): ScrutinyCheck[] {
  const each = kinds.map((kind) => checks.filter((check) => check.kind === kind))
  const total = each.reduce((sum, some) => sum + some.length, 0)
  if (total <= MOST_CHECKS) return each.flat()
  const deep = Math.max(...each.map((some) => some.length))
  const kept = new Set<ScrutinyCheck>()
  for (let at = 0; at < deep && kept.size < MOST_CHECKS; at += 1)
    for (const some of each) {
      const check = some[at]
      if (check !== undefined && kept.size < MOST_CHECKS) kept.add(check)
    }
  return each.flat().filter((check) => kept.has(check))
}
