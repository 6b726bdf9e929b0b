import type { Path } from './plain'
import { pathOf } from './place-in'
import { readYaml, type Tree } from './yaml'

/** A rule as its document has it: the lines of its text, without what it is indented by, and the number of the first. */
export type RuleText = { text: string; line: number }

const MOST_LINES = 12

/**
 * What a boundary or the baseline says in its own text where a decision names one of its rules (`approval_required[2]`,
 * `limits.actions_per_hour`, `surfaces.commands.never[0]`). Null where the text has no such place.
 * @param rule without `baseline.`
 */
export function ruleText(source: string, rule: string): RuleText | null {
  const { tree } = readYaml(source)
  const line = tree === null ? null : lineOf(tree, pathOf(rule))
  if (line === null) return null
  const lines = source.split('\n').slice(line - 1)
  const [first = ''] = lines
  const depth = indent(first)
  const next = lines.findIndex((each, at) => at > 0 && each.trim() !== '' && indent(each) <= depth)
  const own = lines.slice(0, Math.min(next === -1 ? lines.length : next, MOST_LINES))
  const text = own.map((each) => each.slice(Math.min(depth, indent(each)))).join('\n')
  return { text: text.trimEnd(), line }
}

/** The line the last step of a path stands on; null where one of its steps leads nowhere. */
function lineOf(tree: Tree, path: Path): number | null {
  let at: Tree = tree
  let line: number | null = null
  for (const step of path) {
    const entry = at.kind === 'map' ? at.entries.find(({ key }) => key.value === step) : undefined
    const next: Tree | undefined = at.kind === 'list' ? at.items[Number(step)] : entry?.value
    if (next === undefined) return null
    line = (entry?.key ?? next).line
    at = next
  }
  return line
}

const indent = (line: string): number => line.length - line.trimStart().length
