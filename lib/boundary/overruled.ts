import { type CatalogueTool, KNOWN_SURFACES, LOCAL_SERVER, stakesOf, type Surface, SURFACES } from '@/lib/tools/tool'
import type { Baseline, Boundary, Rule } from './boundary'
import { isNoMore, LIMIT_KINDS, LIMITS, limitWords } from './limits'
import { isListed } from './radius-named'

/** One clause of a boundary that the organisation's baseline makes stricter (C44), in words, with the clause of the baseline. */
export type Overruled = { clause: string; subject: string; by: string; says: string }

/** A rule of the baseline with its place and what it does. */
type Floor = { rule: Rule; by: string; forbids: boolean }

/**
 * Every clause of a boundary that its baseline overrules: what it lets run alone and the baseline forbids or holds, what it would
 * ask and the baseline forbids, and limits beyond the baseline's. Names are compared as the gate compares them: a bare one is the
 * tool on any server. Of a scope the tools are told that the baseline names or the catalogue knows; of a list of commands or
 * files, the tools it is about.
 */
export function overruled(boundary: Boundary, baseline: Baseline, catalogue: readonly CatalogueTool[]): Overruled[] {
  const floors: Floor[] = (['never', 'approval_required'] as const).flatMap((list) =>
    baseline[list].map((rule, at) => ({ rule, by: `baseline.${list}[${String(at)}]`, forbids: list === 'never' })),
  )
  return [
    ...entries(boundary, 'autonomous', floors),
    ...entries(boundary, 'approval_required', floors),
    ...scopes(boundary, catalogue, floors),
    ...lists(boundary, catalogue, floors),
    ...limits(boundary, baseline),
  ]
}

/** Of what is overruled, what the boundary says otherwise itself: a limit it does not have is no contradiction. */
export function contradicted(boundary: Boundary, baseline: Baseline, catalogue: readonly CatalogueTool[]): Overruled[] {
  const own = new Set(Object.keys(boundary.limits).map((name) => `limits.${name}`))
  return overruled(boundary, baseline, catalogue).filter(
    ({ clause }) => !clause.startsWith('limits.') || own.has(clause),
  )
}

function entries(boundary: Boundary, list: 'autonomous' | 'approval_required', floors: readonly Floor[]): Overruled[] {
  return boundary[list].flatMap(({ tool }, at) =>
    floors.flatMap((floor): Overruled[] => {
      const met = list === 'autonomous' || floor.forbids ? shared(floor.rule.tool, tool) : null
      const { server, bare } = parts(met ?? '')
      // Under `autonomous` a bare name is the tool on servers in scope, and on `local`.
      const reaches =
        list !== 'autonomous' ||
        tool === met ||
        bare === met ||
        server === LOCAL_SERVER ||
        Object.hasOwn(boundary.mcp_scopes, server)
      return met !== null && reaches ? [line(`${list}[${String(at)}]`, met, floor)] : []
    }),
  )
}

/** The narrower of two names that share a tool; null where they share none. */
function shared(one: string, other: string): string | null {
  if (one === other) return one
  if (!one.includes('.')) return parts(other).bare === one ? other : null
  return !other.includes('.') && parts(one).bare === other ? one : null
}

/** Server and bare name. A dot makes a name qualified: of "a.b.c" no bare name is the tool. */
function parts(name: string): { server: string; bare: string | null } {
  const dot = name.indexOf('.')
  const rest = name.slice(dot + 1)
  return { server: dot < 0 ? LOCAL_SERVER : name.slice(0, dot), bare: rest.includes('.') ? null : rest }
}

function scopes(boundary: Boundary, catalogue: readonly CatalogueTool[], floors: readonly Floor[]): Overruled[] {
  return Object.entries(boundary.mcp_scopes).flatMap(([server, access]) =>
    floors.flatMap((floor): Overruled[] => {
      const { rule, forbids } = floor
      const at = catalogue.filter(({ name }) => parts(name).server === server && shared(rule.tool, name) !== null)
      const runs = at.filter(
        (tool) => tool.class !== null && access.includes(tool.class.access) && !isListed(boundary, tool),
      )
      const names = runs.filter(({ class: known }) => forbids || (known !== null && stakesOf(known).length === 0))
      const unknown = forbids && at.length === 0 && rule.tool.startsWith(`${server}.`) ? [rule.tool] : []
      return [...names.map(({ name }) => name), ...unknown].map((name) => line(`mcp_scopes.${server}`, name, floor))
    }),
  )
}

function lists(boundary: Boundary, catalogue: readonly CatalogueTool[], floors: readonly Floor[]): Overruled[] {
  const marked = catalogue.flatMap(({ name, surface }): [string, Surface][] => (surface ? [[name, surface]] : []))
  const tools = [...new Map([...marked, ...KNOWN_SURFACES])]
  return SURFACES.flatMap((surface) => {
    if ((boundary.surfaces?.[surface]?.autonomous ?? []).length === 0) return []
    const about = tools.flatMap(([name, of]) => (of === surface ? [name] : []))
    return floors.flatMap((floor) =>
      about
        .filter((name) => shared(floor.rule.tool, name) !== null)
        .map((name) => line(`surfaces.${surface}.autonomous`, name, floor)),
    )
  })
}

function line(clause: string, subject: string, { rule, by, forbids }: Floor): Overruled {
  const what = forbids ? 'is forbidden' : 'asks a person'
  return { clause, subject, by, says: rule.when === null ? what : `${what} under a condition` }
}

function limits(boundary: Boundary, baseline: Baseline): Overruled[] {
  return LIMITS.flatMap((name): Overruled[] => {
    const [own, floor] = [boundary.limits[name], baseline.limits[name]]
    if (floor === undefined || (own !== undefined && isNoMore(own, floor))) return []
    const says =
      own === undefined
        ? `limited to ${limitWords(name, floor)}`
        : `limited to ${limitWords(name, floor)}, not ${limitWords(name, own)}`
    return [{ clause: `limits.${name}`, subject: LIMIT_KINDS[name].words, by: `baseline.limits.${name}`, says }]
  })
}
