import type { Boundary } from './boundary'
import type { Change } from './change'

const LISTS = ['mcp_scopes', 'autonomous', 'approval_required', 'never', 'limits', 'surfaces', 'protected'] as const

/**
 * Whether a draft only narrows, by the closed list of DESIGN §7 (ADR 0018): a scope or an autonomous entry less, a never or an approval
 * more, a limit lower, a resource more that is protected. Then one person puts it in force. Whatever else differs, a purpose or a
 * stricter sandbox too, takes a signature: in doubt it is not on the list.
 */
export function onlyTightens(before: Boundary | null, after: Boundary, changes: readonly Change[]): boolean {
  if (before === null || changes.length === 0) return false
  const listed = ({ section, direction }: Change) =>
    direction === 'narrower' && LISTS.some((list) => section === list || section.startsWith(`${list}.`))
  return changes.every(listed) && rest(before) === rest(after)
}

/** Everything the closed list does not name, to be compared as it is. */
function rest(document: Boundary): string {
  const left = Object.entries(document).filter(([key]) => !(LISTS as readonly string[]).includes(key))
  return JSON.stringify(left.toSorted(([a], [b]) => (a < b ? -1 : 1)))
}

/** What a reader calls each category of a widening; the key is the first word of a change's section. */
const CATEGORY_WORDS: Readonly<Record<string, string>> = {
  mcp_scopes: 'scopes',
  autonomous: 'what runs alone',
  approval_required: 'what asks a person',
  never: 'what never happens',
  limits: 'limits',
  sandbox: 'the sandbox',
  'surfaces.commands': 'commands',
  'surfaces.code': 'files changed',
  'surfaces.data': 'data',
  protected: 'protected resources',
  mode: 'observing',
  elevation: 'elevation',
  watch: 'what halts it by itself',
  expires: 'the term',
}

/** One category a draft widens (C12), with its changes: each asks for a reason of its own. */
export type Widened = { category: string; words: string; changes: Change[] }

/** The categories a draft widens, in the order of its changes; empty for a first version, which widens nothing that was there. */
export function widenedCategories(before: unknown, changes: readonly Change[]): Widened[] {
  if (before === null) return []
  const found = new Map<string, Widened>()
  for (const change of changes.filter(({ direction }) => direction === 'wider')) {
    const category = categoryOf(change.section)
    const known = found.get(category) ?? { category, words: CATEGORY_WORDS[category] ?? category, changes: [] }
    known.changes.push(change)
    found.set(category, known)
  }
  return [...found.values()]
}

function categoryOf(section: string): string {
  const [first = section, second] = section.split('.')
  return first === 'surfaces' && second !== undefined ? `${first}.${second}` : first
}
