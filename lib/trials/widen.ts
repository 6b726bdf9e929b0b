import type { Boundary } from '@/lib/boundary/boundary'
import { edit } from '@/lib/boundary/edit'
import { isPlainMap, type Plain, plainOf } from '@/lib/boundary/plain'
import type { JsonObject, JsonValue } from '@/lib/core/json'
import { resolveTool, stakesOf, type ToolClass } from '@/lib/tools/tool'

/** Why a gate that nobody refuses stays one all the same: closed, said in its place. */
export const STAYS = {
  stakes:
    'What it does calls for a person, however often it goes well: it cannot be undone, reaches customers or outsiders, touches production or spends money.',
  unclassified: 'Nobody has said in the catalogue what this tool does.',
  untrusted: 'It was held for content nobody vouches for.',
  limit: 'It was held because a limit was reached.',
  protected: 'It changes a resource that is protected.',
  other: 'The boundary’s own entry is not all that held it.',
} as const
export type Stays = keyof typeof STAYS

/** Why what was held for these reasons is never a candidate for widening; null where only the boundary’s own entry held it. */
export function whyStays(
  holds: readonly { code: string; rule: string | null }[],
  toolClass: ToolClass | null,
): Stays | null {
  const codes = holds.map(({ code }) => code)
  if (codes.includes('untrusted_content')) return 'untrusted'
  if (codes.includes('limit_reached')) return 'limit'
  if (holds.some(({ rule }) => rule?.includes('protected') === true)) return 'protected'
  if (toolClass === null || codes.includes('unclassified_tool')) return 'unclassified'
  if (stakesOf(toolClass).length > 0) return 'stakes'
  const own = holds.every(
    ({ code, rule }) => code === 'approval_required' && rule?.startsWith('approval_required[') === true,
  )
  return own ? null : 'other'
}

const MOST_VALUES = 5
const MOST_LENGTH = 60
const MOST_CONDITION = 900

/**
 * The narrowest CEL condition over `args` under which all of these calls were made: their names, each number between the least and the most,
 * each text one of a few or no longer than the longest. Null where the past bounds nothing a condition could say (lists, objects, no
 * calls, or too many arguments). Pure.
 */
export function narrowest(calls: readonly JsonObject[]): string | null {
  if (calls.length === 0) return null
  const names = [...new Set(calls.flatMap((args) => Object.keys(args)))].toSorted()
  const parts = [`args.all(k, k in [${names.map(quoted).join(', ')}])`]
  for (const name of names) {
    const values = calls.flatMap((args) => (Object.hasOwn(args, name) ? [args[name] ?? null] : []))
    const bound = boundOf(`args[${quoted(name)}]`, values)
    if (bound === null) return null
    parts.push(values.length === calls.length ? bound : `(!(${quoted(name)} in args) || ${bound})`)
  }
  const condition = parts.join(' && ')
  return condition.length > MOST_CONDITION ? null : condition
}

function boundOf(at: string, values: readonly JsonValue[]): string | null {
  const kinds = new Set(values.map((value) => (value === null ? 'null' : typeof value)))
  const [kind] = kinds
  if (kinds.size !== 1) return null
  if (kind === 'number') {
    const numbers = values.map(Number)
    const [least, most] = [Math.min(...numbers), Math.max(...numbers)]
    return least === most ? `${at} == ${String(least)}` : `${at} >= ${String(least)} && ${at} <= ${String(most)}`
  }
  if (kind === 'boolean')
    return new Set(values).size === 1 ? `${at} == ${JSON.stringify(values[0])}` : `${at} in [true, false]`
  if (kind !== 'string') return null
  const texts = [...new Set(values.map(String))].toSorted()
  if (texts.length <= MOST_VALUES && texts.every((text) => text.length <= MOST_LENGTH))
    return texts.length === 1 ? `${at} == ${quoted(texts[0] ?? '')}` : `${at} in [${texts.map(quoted).join(', ')}]`
  return `size(${at}) <= ${String(Math.max(...texts.map((text) => [...text].length)))}`
}

const quoted = (text: string): string => JSON.stringify(text)

/**
 * A boundary's text in which what meets a condition runs alone, and everything else of the tool still asks: the entry under
 * `approval_required` keeps all it says and asks where the condition does not hold, and `autonomous` has one more. Or why it cannot be
 * written. Nothing else of the text changes.
 */
export function widened(
  source: string,
  document: Boundary,
  tool: string,
  condition: string,
): { source: string } | { problem: string } {
  const name = resolveTool(tool)?.name ?? tool
  const bare = name.split('.').at(-1) ?? name
  const at = document.approval_required.flatMap((rule, index) =>
    rule.tool === name || rule.tool === bare || rule.tool === tool ? [index] : [],
  )
  const [index] = at
  const root = plainOf(source)
  const asking = root !== null && isPlainMap(root) ? root['approval_required'] : undefined
  if (index === undefined || !Array.isArray(asking))
    return { problem: 'The boundary in force has no entry of its own that asks about it.' }
  if (at.length > 1) return { problem: 'More than one entry asks about it: write the condition by hand.' }
  const entry: Plain = asking[index] ?? ''
  const map = isPlainMap(entry) ? entry : { tool: typeof entry === 'string' ? entry : name }
  const before = typeof map['when'] === 'string' ? map['when'] : null
  const both = (one: string) => (before === null ? one : `(${before}) && ${one}`)
  const asks = edit(source, ['approval_required', index], { ...map, when: both(`!(${condition})`) })
  if ('problem' in asks) return asks
  const now = plainOf(asks.source)
  const alone = now !== null && isPlainMap(now) && Array.isArray(now['autonomous']) ? now['autonomous'] : []
  return edit(asks.source, ['autonomous'], [...alone, { tool: map['tool'] ?? name, when: both(`(${condition})`) }])
}
