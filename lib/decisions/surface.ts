import type { CommandVerdict, Met } from '@/lib/boundary/commands/judge'
import type { CompiledSurfaces } from '@/lib/boundary/compile'
import {
  type CompiledPaths,
  isOfType,
  judgePaths,
  pathsMet,
  resourceCovered,
  resourceMet,
} from '@/lib/boundary/paths/judge'
import { spelledOut } from '@/lib/core/hostile'
import type { JsonObject } from '@/lib/core/json'
import type { Surface } from '@/lib/tools/tool'
import { readShell } from './command'
import { type Reason, reasonFor, STEPS } from './decision'
import { compared, pathsNamed } from './paths-named'

/**
 * What the boundary's surfaces say of one call (C14, C17). `decides` is the verdict of the list that is about this very tool:
 * where there is one, nothing but the list lets the call run alone. `stops` are entries of the other lists it meets: they hold
 * and forbid, and never allow.
 */
export type SurfaceVerdict = {
  decides: { section: `surfaces.${Surface}`; verdict: CommandVerdict } | null
  stops: readonly Reason[]
}

type Asked = { arguments: JsonObject; resource: { type: string; id: string } | null }

const LONGEST_TOLD = 120
const MOST_READ = 400

/** Judges a call by the surface its tool is a way to. */
export function surfaceVerdict(boundary: CompiledSurfaces, surface: Surface | null, action: Asked): SurfaceVerdict {
  const { code, data } = boundary
  const stops = data === null || action.resource === null ? [] : resourceStops(data, action.resource)
  if (surface === null) return { decides: null, stops }
  if (surface === 'commands') {
    if (boundary.commands === null && code === null && data === null) return { decides: null, stops }
    const { verdict, files: named } = readShell(boundary, action.arguments)
    const files = compared(named)
    const rest = named.length - files.length
    return {
      decides: verdict === null ? null : { section: 'surfaces.commands', verdict },
      stops: [
        ...stops,
        ...(code ? pathStops('code', code, files) : []),
        ...(data ? pathStops('data', data, files) : []),
        ...(rest > 0 ? [doubt(code === null ? 'data' : 'code', 'it names more words than are compared')] : []),
      ],
    }
  }
  const given = boundary[surface]
  const lists = given !== null && namesFiles(given) ? given : null
  const { paths, hints, unclear } = pathsNamed(action.arguments, surface === 'data')
  const restricts = surface === 'code' && data !== null && namesFiles(data)
  return {
    decides:
      lists === null
        ? null
        : {
            section: `surfaces.${surface}`,
            verdict: { ...judgePaths(paths, lists, unclear), doubtful: unclear !== null },
          },
    // Whoever may not read a file may not write it either; what may be written says nothing about reading.
    stops: [
      ...stops,
      ...(lists === null ? [] : pathStops(surface, lists, hints)),
      ...(restricts ? pathStops('data', data, [...paths, ...hints]) : []),
      ...(restricts && unclear !== null ? [doubt('data', unclear)] : []),
    ],
  }
}

/**
 * The reasons of a list that decides: *never* and *approval_required* where any part of the call meets an entry, *autonomous* where
 * the entries cover all of it, and *approval_required* by the surface itself for the rest. `detail` tells the part.
 */
export function surfaceReasons({ section, verdict }: NonNullable<SurfaceVerdict['decides']>): Reason[] {
  const { never, approval_required: asks, autonomous, why } = verdict
  return [
    ...never.map((met) => told(section, 'never', met)),
    ...asks.map((met) => told(section, 'approval_required', met)),
    ...(autonomous ?? []).map((at) => reasonFor('autonomous', STEPS.rules, `${section}.autonomous[${at}]`)),
    ...(why === null
      ? []
      : [reasonFor('approval_required', STEPS.rules, section, `${shown(why.text)}: ${spelledOut(why.why)}.`)]),
  ]
}

/** What hides from a list: a person looks at it, whatever else covers it. */
function doubt(surface: 'code' | 'data', why: string): Reason {
  return reasonFor(
    'approval_required',
    STEPS.rules,
    `surfaces.${surface}`,
    `${why.charAt(0).toUpperCase()}${why.slice(1)}.`,
  )
}

/** Lists that only name resources say nothing about files. */
const namesFiles = ({ autonomous, approval_required: asks, never }: CompiledPaths): boolean =>
  [...autonomous, ...asks, ...never].some(({ type }) => type === null)

/**
 * What the surfaces of the organisation's baseline say (C44): they only ever forbid and ask. A command that cannot be known beforehand
 * asks a person where the baseline lists any.
 */
export function floorReasons(floor: CompiledSurfaces, surface: Surface | null, action: Asked): Reason[] {
  if (floor.commands === null && floor.code === null && floor.data === null) return []
  const { decides, stops } = surfaceVerdict(floor, surface, action)
  const met =
    decides === null
      ? []
      : surfaceReasons(decides).filter(({ code, rule }) => code !== 'autonomous' && rule !== decides.section)
  // Whatever is on no list of a floor is none of its business, except what hides from it.
  const lists = surface === null ? null : floor[surface]
  const listed = lists !== null && lists.never.length + lists.approval_required.length > 0
  const hidden =
    decides !== null && listed && decides.verdict.doubtful === true
      ? [
          reasonFor(
            'approval_required',
            STEPS.baseline,
            decides.section,
            `${shown(`${decides.verdict.why?.text ?? ''}: ${decides.verdict.why?.why ?? ''}`)}.`,
          ),
        ]
      : []
  return [...stops, ...met, ...hidden].map((reason) => ({
    ...(reason.code === 'never'
      ? reasonFor('baseline', STEPS.baseline, null, reason.detail)
      : { ...reason, step: STEPS.baseline }),
    rule: `baseline.${reason.rule ?? ''}`,
  }))
}

function pathStops(surface: 'code' | 'data', lists: CompiledPaths, paths: readonly string[]): Reason[] {
  return (['never', 'approval_required'] as const).flatMap((list) =>
    pathsMet(paths, lists, lists[list]).map((met) => told(`surfaces.${surface}`, list, met)),
  )
}

/** Resources are restricted by `data`, never granted: beside entries of its type under `autonomous`, any other one asks a person. */
function resourceStops(data: CompiledPaths, resource: { type: string; id: string }): Reason[] {
  const section = 'surfaces.data'
  const met = (['never', 'approval_required'] as const).flatMap((list) =>
    resourceMet(resource, data[list]).map((each) => told(section, list, each)),
  )
  const listed = data.autonomous.some((pattern) => isOfType(resource, pattern))
  if (!listed || resourceCovered(resource, data.autonomous)) return met
  const words = `${shown(`${resource.type} ${resource.id}`)}: it is not on the list.`
  return [...met, reasonFor('approval_required', STEPS.rules, section, words)]
}

function told(section: string, code: 'never' | 'approval_required', { at, text }: Met): Reason {
  return reasonFor(code, STEPS.rules, `${section}.${code}[${at}]`, `${shown(text)}.`)
}

/** The agent's words on one line, cut, with what cannot be seen spelled out. */
function shown(text: string): string {
  // Only the beginning can be shown: an agent may write a megabyte, and hundreds of entries tell of it.
  const line = spelledOut(text.slice(0, MOST_READ).replaceAll(/\s+/g, ' ').trim())
  const characters = Array.from(line)
  return characters.length <= LONGEST_TOLD ? line : `${characters.slice(0, LONGEST_TOLD - 1).join('')}…`
}
