import type { CatalogueTool } from '@/lib/tools/tool'
import type { Baseline, Boundary, Rule } from './boundary'
import { isNoMore, LIMIT_KINDS, LIMITS, limitWords } from './limits'
import { matching } from './reach'

/** One clause of a boundary that the organisation's baseline makes stricter (C44), in words, with the clause of the baseline. */
export type Overruled = { clause: string; subject: string; by: string; says: string }

/**
 * Every clause of a boundary that its baseline overrules: what it lets run alone and the baseline forbids or holds, what it would
 * ask and the baseline forbids, and limits beyond the baseline's. A bare name is compared with each tool the catalogue knows under
 * it. Scopes are not listed: a tool the baseline names is stopped in them, and they say nothing of single tools.
 */
export function overruled(boundary: Boundary, baseline: Baseline, catalogue: readonly CatalogueTool[]): Overruled[] {
  const met = (list: readonly Rule[], tool: string) => {
    const names = new Set([tool, ...matching(tool, boundary, catalogue).map(({ name }) => name)])
    return list.flatMap((rule, at) =>
      [...names].some((name) => rule.tool === name || rule.tool === name.slice(name.indexOf('.') + 1))
        ? [{ rule, at }]
        : [],
    )
  }
  const entries = (list: 'autonomous' | 'approval_required') =>
    boundary[list].flatMap(({ tool }, at): Overruled[] => {
      const clause = `${list}[${String(at)}]`
      const never = met(baseline.never, tool).map(({ rule, at: by }) => ({
        clause,
        subject: tool,
        by: `baseline.never[${String(by)}]`,
        says: rule.when === null ? 'is forbidden' : 'is forbidden under a condition',
      }))
      const asks = list === 'approval_required' ? [] : met(baseline.approval_required, tool)
      return [
        ...never,
        ...asks.map(({ rule, at: by }) => ({
          clause,
          subject: tool,
          by: `baseline.approval_required[${String(by)}]`,
          says: rule.when === null ? 'asks a person' : 'asks a person under a condition',
        })),
      ]
    })
  const limits = LIMITS.flatMap((name): Overruled[] => {
    const [own, floor] = [boundary.limits[name], baseline.limits[name]]
    if (floor === undefined || (own !== undefined && isNoMore(own, floor))) return []
    const what = LIMIT_KINDS[name].words
    const says =
      own === undefined
        ? `limited to ${limitWords(name, floor)}`
        : `limited to ${limitWords(name, floor)}, not ${limitWords(name, own)}`
    return [{ clause: `limits.${name}`, subject: what, by: `baseline.limits.${name}`, says }]
  })
  return [...entries('autonomous'), ...entries('approval_required'), ...limits]
}
