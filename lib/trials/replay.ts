import type { Baseline, Boundary } from '@/lib/boundary/boundary'
import { evaluate } from '@/lib/decisions/evaluate'
import type { Evaluation, Facts } from '@/lib/decisions/facts'
import { type CatalogueTool, resolveTool } from '@/lib/tools/tool'
import type { TraceCall } from './trace'

/** What a trace is decided under. `now` stands in for calls that do not say when they were made (ms since 1970). */
export type Trial = {
  boundary: Boundary
  baseline: Baseline | null
  catalogue: readonly CatalogueTool[]
  environment: Facts['agent']['environment']
  now: number
}

const HOUR = 3_600_000
const WINDOWS = { minute: 60_000, hour: HOUR, day: 24 * HOUR } as const

/**
 * Decides calls as the gate would, one after the other, without a server: as if the boundary were signed and in force, and
 * its agent active, owned and reviewed. Limits count the calls allowed before in the same UTC minute, hour and day, for
 * calls that say when they were made; nothing is known of untrusted content or of a sandbox.
 */
export function startReplay({
  boundary,
  baseline,
  catalogue,
  environment,
  now,
}: Trial): (call: TraceCall) => Evaluation {
  const document: Boundary = { ...boundary, expires: null, review_by: null }
  const tools = new Map(catalogue.map((tool) => [resolveTool(tool.name)?.name ?? tool.name, tool]))
  const counted = new Map<string, number>()
  const floor = baseline === null ? null : { version: 0, digest: '', document: baseline }

  return (call) => {
    const windows = call.at === null ? null : windowsOf(call.at)
    const name = resolveTool(call.tool)?.name ?? call.tool
    const answer = evaluate({
      now: call.at ?? now,
      credential: true,
      halts: [],
      guarded: [],
      elevations: [],
      agent: { slug: boundary.agent, state: 'active', environment, team: '', owned: true, reviewDueAt: Infinity },
      boundary: { version: 0, digest: '', document, signedAt: 0, lapsesAt: Infinity },
      baseline: floor,
      tool: tools.get(name) ?? null,
      action: { tool: call.tool, arguments: call.arguments, resource: null },
      run: { id: call.runId, tainted: false, sandbox: null, openedAt: null },
      approval: null,
      used: {
        minute: counted.get(windows?.minute ?? '') ?? 0,
        hour: counted.get(windows?.hour ?? '') ?? 0,
        day: counted.get(windows?.day ?? '') ?? 0,
      },
    })
    if (windows !== null && answer.decision === 'allow') {
      for (const window of Object.values(windows)) counted.set(window, (counted.get(window) ?? 0) + 1)
    }
    return answer
  }
}

function windowsOf(at: number): Record<keyof typeof WINDOWS, string> {
  const key = (name: keyof typeof WINDOWS) => `${name}:${Math.floor(at / WINDOWS[name])}`
  return { minute: key('minute'), hour: key('hour'), day: key('day') }
}
