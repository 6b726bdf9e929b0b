import type { Boundary } from '@/lib/boundary/boundary'
import type { Decision } from '@/lib/decisions/decision'
import type { CatalogueTool } from '@/lib/tools/tool'
import { startReplay } from '@/lib/trials/replay'
import type { TraceCall } from '@/lib/trials/trace'

/** One call that the second boundary answers otherwise than the first. */
export type Moved = { line: number; tool: string; was: Decision; would: Decision; reason: string; rule: string | null }
export type Compared = {
  calls: number
  same: number
  moved: Moved[]
  moves: { was: Decision; would: Decision; count: number }[]
}

/** How two boundaries answer the same calls; without a first one, everything is forbidden by it. */
export async function compareOver(
  calls: AsyncIterable<TraceCall>,
  before: Boundary | null,
  after: Boundary,
  catalogue: readonly CatalogueTool[],
): Promise<Compared> {
  const deciderOf = (boundary: Boundary) =>
    startReplay({ boundary, baseline: null, catalogue, environment: 'production', now: Date.now() })
  const old = before === null ? null : deciderOf(before)
  const fresh = deciderOf(after)
  const compared: Compared = { calls: 0, same: 0, moved: [], moves: [] }
  for await (const call of calls) {
    const was = old === null ? 'forbid' : old(call).decision
    const { decision: would, reason } = fresh(call)
    compared.calls += 1
    if (was === would) {
      compared.same += 1
      continue
    }
    compared.moved.push({ line: call.line, tool: call.tool, was, would, reason: reason.code, rule: reason.rule })
    const move = compared.moves.find((each) => each.was === was && each.would === would)
    if (move) move.count += 1
    else compared.moves.push({ was, would, count: 1 })
  }
  return compared
}

const MOST_SHOWN = 40

/** The same for people. */
export function comparedText({ calls, same, moved, moves }: Compared): string {
  const lines = [
    `${String(calls)} calls, ${String(same)} keep their answer`,
    ...moves
      .toSorted((a, b) => b.count - a.count)
      .map(({ was, would, count }) => `${String(count).padStart(8)}  ${was} → ${would}`),
    ...(moved.length > 0 ? [''] : []),
    ...moved
      .slice(0, MOST_SHOWN)
      .map(
        (each) =>
          `  line ${String(each.line)}: ${each.tool}: ${each.was} → ${each.would} (${each.rule ?? each.reason})`,
      ),
    ...(moved.length > MOST_SHOWN ? [`  … and ${String(moved.length - MOST_SHOWN)} more: --json prints them all`] : []),
  ]
  return `${lines.join('\n')}\n`
}
