import { type Baseline, type Boundary, COMMAND_LISTS } from '@/lib/boundary/boundary'
import { resolveTool, type Surface, SURFACES, surfaceOf } from '@/lib/tools/tool'
import { type Step, STEPS } from './decision'
import type { Facts } from './facts'

/** A line of a document that is looked at by more than the name of a tool, and what is said of it where it does not apply. */
export type Line = { step: Step; rule: string; otherwise: string }

const MANNERS: Readonly<Record<Surface, string>> = {
  commands: 'It is about commands, and this tool is no shell.',
  code: 'It is about files that are changed, and this tool changes none.',
  data: 'It is about files and resources, and this call names none.',
}

/** Every entry of the surfaces, every protected resource and every limit, of the boundary and of the baseline. */
export function linesOf(facts: Facts, boundary: Boundary, baseline: Baseline | null): Line[] {
  const { action, tool } = facts
  const named = resolveTool(action.tool)
  const surface = named === null ? null : surfaceOf(named.name, tool, action.arguments)
  return [
    ...SURFACES.flatMap((each) =>
      COMMAND_LISTS.flatMap((list) =>
        (boundary.surfaces?.[each]?.[list] ?? []).map((text, at) => ({
          step: STEPS.rules,
          rule: `surfaces.${each}.${list}[${String(at)}]`,
          otherwise:
            surface === null || (surface !== each && each === 'commands')
              ? MANNERS[each]
              : `Nothing it names is in the call, or it does not cover all of it: ${text}`,
        })),
      ),
    ),
    ...(boundary.protected ?? []).map((text, at) => ({
      step: STEPS.rules,
      rule: `protected[${String(at)}]`,
      otherwise: `The call changes nothing of ${text}.`,
    })),
    ...limits('limits', boundary.limits),
    ...(baseline === null ? [] : limits('baseline.limits', baseline.limits)),
  ]
}

const limits = (section: string, of: Boundary['limits']): Line[] =>
  Object.keys(of).map((name) => ({
    step: STEPS.limits,
    rule: `${section}.${name}`,
    otherwise: name === 'concurrent_runs' ? 'It is asked when a run is opened, not of a call.' : 'It is not reached.',
  }))
