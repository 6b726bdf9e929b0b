import type { CatalogueTool } from '@/lib/tools/tool'
import type { Baseline, Boundary } from './boundary'
import { typeProblem } from './condition-types'
import { type BoundaryError, readYaml, type Tree } from './yaml'

const LISTS = ['never', 'approval_required', 'autonomous'] as const

/**
 * Every condition that can never work for a tool it is written for, by the schema the catalogue has: a name no argument has, text
 * compared with a number. Of a bare name every tool of that name counts. At draft and again at the signature: schemas change.
 */
export function typeErrors(
  source: string,
  document: Boundary | Baseline,
  catalogue: readonly CatalogueTool[],
): BoundaryError[] {
  const { tree } = readYaml(source)
  return LISTS.flatMap((list) =>
    (list in document ? (document as Boundary)[list] : []).flatMap(({ tool, when }, at) => {
      if (when === null) return []
      const path = `${list}[${String(at)}].when`
      return named(tool, catalogue).flatMap(({ name, schema }): BoundaryError[] => {
        const problem = typeProblem(when, schema ?? null)
        if (problem === null) return []
        const { line, column } = placeOf(tree, [list, at, 'when'])
        return [{ line, column, path, code: 'invalid_condition', message: `For ${name}: ${problem}` }]
      })
    }),
  )
}

function named(name: string, catalogue: readonly CatalogueTool[]): CatalogueTool[] {
  return catalogue.filter((tool) => tool.name === name || (!name.includes('.') && tool.name.endsWith(`.${name}`)))
}

/** Where something stands in a text; where it cannot be found (lists under `surfaces.tools`), the nearest thing around it. */
function placeOf(tree: Tree | null, path: readonly (string | number)[]): { line: number; column: number } {
  let at: Tree = tree ?? { kind: 'map', entries: [], line: 1, column: 1 }
  for (const step of path) {
    const next: Tree | undefined =
      at.kind === 'list' && typeof step === 'number'
        ? at.items[step]
        : at.kind === 'map'
          ? at.entries.find(({ key }) => key.value === step)?.value
          : undefined
    if (next === undefined) break
    at = next
  }
  return { line: at.line, column: at.column }
}
