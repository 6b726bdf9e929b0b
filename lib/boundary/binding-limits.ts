import type { Baseline, Boundary, Limits } from './boundary'
import { isNoMore, type LimitName, LIMITS } from './limits'

/** One limit that binds: the stricter of the boundary's and the baseline's, with the clause it is from. */
export type Binding = { name: LimitName; value: NonNullable<Limits[LimitName]>; clause: string }

/** The limits that bind, the stricter of each two. Of a boundary that only observes, its own stop nothing. */
export function bindingLimits(
  boundary: Boundary,
  baseline: Pick<Baseline, 'limits'> | null,
  observing: boolean,
): Binding[] {
  return LIMITS.flatMap((name): Binding[] => {
    const own = observing ? undefined : boundary.limits[name]
    const floor = baseline?.limits[name]
    const isOwn = own !== undefined && (floor === undefined || isNoMore(own, floor))
    const value = isOwn ? own : (floor ?? own)
    if (value === undefined) return []
    return [{ name, value, clause: isOwn || floor === undefined ? `limits.${name}` : `baseline.limits.${name}` }]
  })
}
