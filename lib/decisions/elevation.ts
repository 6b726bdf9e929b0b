import { type CompiledElevation, type CompiledRule, rulesFor } from '@/lib/boundary/compile'
import { LOCAL_SERVER, stakesOf, type Access } from '@/lib/tools/tool'
import { type Reason, type ReasonCode, reasonFor, STEPS } from './decision'
import type { Elevated } from './facts'
import type { Call } from './rules'

/** What is granted at a moment, cut down to the ceiling in force. */
export type Lifted = {
  scopes: ReadonlyMap<string, readonly Access[]>
  tools: CompiledElevation['tools']
  /** the first moment at which some of it has ended, in ms since 1970 */
  until: number
}

/** What an elevation may answer instead of: being out of scope, and what a class asks a person for. Nothing anybody wrote down. */
const YIELDS: ReadonlySet<ReasonCode> = new Set([
  'out_of_scope',
  'unclassified_tool',
  'irreversible',
  'customer_facing',
  'external',
  'production',
  'spends_money',
])
const ALLOWED: ReadonlySet<ReasonCode> = new Set(['autonomous', 'read_in_scope', 'write_in_scope'])

/**
 * What the elevations of an agent grant now (C07): those that have not ended, together, and never more than the ceiling that is in
 * force now, whatever it was when they were granted. Null when that is nothing.
 */
export function lifted(ceiling: CompiledElevation | null, elevations: readonly Elevated[], now: number): Lifted | null {
  const live = elevations.filter(({ endsAt }) => now < endsAt)
  if (ceiling === null || live.length === 0) return null
  const granted = (server: string, access: Access) =>
    live.some(({ scopes }) => scopes[server]?.includes(access) === true)
  const scopes = [...ceiling.scopes].flatMap(([server, most]): [string, Access[]][] => {
    const given = most.filter((access) => granted(server, access))
    return given.length === 0 ? [] : [[server, given]]
  })
  const names = new Set(live.flatMap(({ tools }) => tools))
  const tools = new Map([...ceiling.tools].filter(([name]) => names.has(name)))
  if (scopes.length === 0 && tools.size === 0) return null
  return { scopes: new Map(scopes), tools, until: Math.min(...live.map(({ endsAt }) => endsAt)) }
}

/**
 * The boundary's reasons on a call with what is granted for a while. A `never`, an `approval_required`, and whatever a list of
 * commands or files decides stand as they are, and so do the baseline, the checks and containment, which are asked beside this. What
 * is in scope without it is told without it.
 */
export function withElevation(reasons: Reason[], granted: Lifted | null, inScope: boolean, call: Call): Reason[] {
  if (granted === null || reasons.every(({ code }) => ALLOWED.has(code))) return reasons
  if (!reasons.every(({ code }) => YIELDS.has(code) || ALLOWED.has(code))) return reasons
  if (call.surface().decides !== null) return reasons
  const found = [...byName(granted, inScope, call), ...byScope(granted, call)]
  const allows = found.filter(({ code }) => code === 'elevated')
  if (allows.length > 0) return allows
  // A hold under the elevation is looser than being out of scope, and no looser than a hold.
  return found.length > 0 && reasons.some(({ code }) => code === 'out_of_scope') ? found : reasons
}

/** Named tools: as under `autonomous`, a class that calls for a person waits unless the ceiling says `override`. */
function byName({ tools, scopes }: Lifted, inScope: boolean, { tool, class: known, input, size }: Call): Reason[] {
  const bare = inScope || scopes.has(tool.server) || tool.server === LOCAL_SERVER
  const met = rulesFor(tools, tool, bare).filter(
    ({ condition }) => condition === null || condition.test(input, size) === true,
  )
  const stakes = known === null ? [] : stakesOf(known)
  return met.flatMap(({ rule, override }: CompiledRule) =>
    stakes.length === 0 || override !== null
      ? [reasonFor('elevated', STEPS.rules, rule)]
      : stakes.map((code) => reasonFor(code, STEPS.rules, rule)),
  )
}

/** A scope for a while is a scope: reads, and writes that can be undone and stay inside. */
function byScope({ scopes }: Lifted, { tool, class: known }: Call): Reason[] {
  const scope = scopes.get(tool.server)
  if (scope === undefined) return []
  const rule = `elevation.mcp_scopes.${tool.server}`
  if (known === null) return [reasonFor('unclassified_tool', STEPS.rules, rule)]
  if (!scope.includes(known.access)) return []
  const stakes = stakesOf(known)
  return stakes.length > 0
    ? stakes.map((code) => reasonFor(code, STEPS.rules, rule))
    : [reasonFor('elevated', STEPS.rules, rule)]
}
