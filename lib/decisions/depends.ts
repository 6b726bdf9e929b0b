import type { Baseline, Boundary } from '@/lib/boundary/boundary'
import { compileBaseline, compileBoundary, type CompiledRule, rulesFor } from '@/lib/boundary/compile'
import { type CatalogueTool, surfaceOf, type ToolName } from '@/lib/tools/tool'

/** What was not said of a call: its arguments, what is known of the resource, and of who asks. */
export type Unsaid = { args: boolean; resource: boolean; subject: boolean }

/** How a condition is seen to read each. A word in a text of it counts too: that a rule is named once too often misleads nobody. */
const READS: Readonly<Record<keyof Unsaid, RegExp>> = {
  args: /\bargs\b/,
  // what names the resource is said where the resource is
  resource: /\bresource\b(?!\.(?:type|id)\b)/,
  subject: /\bsubject\b(?!\.(?:type|id)\b)/,
}

/**
 * The rules about a tool that read what was not said, by their places: conditions, and the lists of commands and paths, which read arguments. They make the
 * answer one among several. Nothing where a document cannot be compiled: the gate then forbids whatever is called.
 */
export function dependsOn(
  tool: ToolName,
  known: CatalogueTool | null,
  boundary: Boundary,
  baseline: Baseline | null,
  unsaid: Unsaid,
): string[] {
  const reads = ({ condition }: CompiledRule) =>
    condition !== null &&
    (Object.keys(READS) as (keyof Unsaid)[]).some((each) => unsaid[each] && READS[each].test(condition.text))
  const surface = unsaid.args ? surfaceOf(tool.name, known, {}) : null
  const conditional = (rules: readonly CompiledRule[]) => rules.filter(reads).map(({ rule }) => rule)
  try {
    const own = compileBoundary(boundary)
    const floor = baseline === null ? null : compileBaseline(baseline)
    const lists = [
      own.never,
      own.approval_required,
      own.autonomous,
      ...(floor ? [floor.never, floor.approval_required] : []),
    ]
    return [
      ...lists.flatMap((list) => conditional(rulesFor(list, tool))),
      ...(surface !== null && own[surface] !== null ? [`surfaces.${surface}`] : []),
      ...(surface !== null && floor !== null && floor[surface] !== null ? [`baseline.surfaces.${surface}`] : []),
    ]
  } catch {
    return []
  }
}
