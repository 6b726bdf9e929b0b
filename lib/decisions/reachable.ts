import { compileBaseline, compileBoundary, type CompiledFloor, rulesFor } from '@/lib/boundary/compile'
import { LOCAL_SERVER, resolveTool, surfaceOf, type ToolName } from '@/lib/tools/tool'
import { grantedTo } from './evaluate'
import type { Facts } from './facts'
import { passGate } from './gate'

/**
 * Whether some call of a tool could be let through under these facts, by itself or with people's agreement (C08): what a list of tools shows
 * its agent. The arguments are not looked at, so a rule with a condition neither shows nor hides; a `never` without one hides. Each call
 * is decided all the same. What cannot be evaluated is not reached.
 */
export function reachable(facts: Facts): boolean {
  try {
    return couldPass(facts)
  } catch {
    return false
  }
}

function couldPass(facts: Facts): boolean {
  const passage = passGate(facts)
  const tool = resolveTool(facts.action.tool)
  if ('ended' in passage || tool === null) return false
  const { tool: known } = facts
  const reads = known?.class?.access === 'read' && known.changed !== true
  // of a contained agent only its reads go on
  if (passage.contained.length > 0 && !reads) return false
  const boundary = compileBoundary(passage.boundary.document)
  const baseline = facts.baseline === null ? null : compileBaseline(facts.baseline.document)
  if (never(boundary, tool) || (baseline !== null && never(baseline, tool))) return false
  const scope = boundary.scopes.get(tool.server) ?? []
  const bare = boundary.scopes.has(tool.server) || tool.server === LOCAL_SERVER
  if (rulesFor(boundary.approval_required, tool).length > 0) return true
  if (rulesFor(boundary.autonomous, tool, bare).length > 0) return true
  const surface = surfaceOf(tool.name, known, {})
  if (scope.length > 0 && surface !== null && boundary[surface] !== null) return true
  const granted = grantedTo(facts, passage)
  if (granted !== null && rulesFor(granted.tools, tool, bare || granted.scopes.has(tool.server)).length > 0) return true
  const all = [...scope, ...(granted?.scopes.get(tool.server) ?? [])]
  const access = known?.class?.access
  return access === undefined ? all.length > 0 : all.includes(access)
}

const never = (floor: CompiledFloor, tool: ToolName): boolean =>
  rulesFor(floor.never, tool).some(({ condition }) => condition === null)
