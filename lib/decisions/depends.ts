import type { Baseline, Boundary } from '@/lib/boundary/boundary'
import { compileBaseline, compileBoundary, type CompiledRule, rulesFor } from '@/lib/boundary/compile'
import { type CatalogueTool, surfaceOf, type ToolName } from '@/lib/tools/tool'

/**
 * The rules about a tool that ask what is in a call, by their places: conditions, and the lists of commands and paths. Of a call whose arguments
 * nobody said, they make the answer one among several. Nothing where a document cannot be compiled: the gate then forbids whatever is called.
 */
export function dependsOn(
  tool: ToolName,
  known: CatalogueTool | null,
  boundary: Boundary,
  baseline: Baseline | null,
): string[] {
  const surface = surfaceOf(tool.name, known, {})
  const conditional = (rules: readonly CompiledRule[]) =>
    rules.flatMap(({ rule, condition }) => (condition === null ? [] : [rule]))
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
