import type { AutonomousRule, Baseline, Boundary, Rule } from '@/lib/boundary/boundary'
import { compileBaseline, compileBoundary, type CompiledRule, rulesFor } from '@/lib/boundary/compile'
import { LOCAL_SERVER, resolveTool } from '@/lib/tools/tool'
import { type Decision, DECISIONS, type Reason, REASONS, type Step, STEPS } from './decision'
import { callsOf, evaluate, grantedTo, judge } from './evaluate'
import type { Evaluation, Facts } from './facts'
import { linesOf } from './explain-lines'
import { passGate } from './gate'
import type { Call } from './rules'

/**
 * One rule or check that was looked at. `matched`: it applies; `error`: its condition could not tell, which counts as matching for
 * rules that hold or forbid and as not matching for those that permit; `not`: it does not apply; `unasked`: something before it
 * ended the gate, or something more particular speaks for it.
 */
export type Looked = {
  step: Step
  /** its place in the document, or the check: as in `Reason` */
  rule: string
  outcome: 'matched' | 'error' | 'not' | 'unasked'
  /** what it asks for where it applies; null where it adds nothing */
  decision: Decision | null
  /** may hold text an agent supplied */
  why: string
}

export type Explanation = { evaluation: Evaluation; looked: Looked[] }

type Place = Omit<Looked, 'decision'> & { reasons: readonly Reason[] }

/**
 * What `evaluate` answers, and every rule and check it looked at on the way, in the order of the gate and of the document. The
 * matches are those of `evaluate` itself; only what did not match is worked out here.
 */
export function explain(facts: Facts): Explanation {
  const evaluation = evaluate(facts)
  const passage = passGate(facts)
  if ('ended' in passage)
    return { evaluation, looked: evaluation.reasons.map((reason) => looked(placeOf(reason, [reason]))) }
  let found: Reason[]
  try {
    found = [...passage.contained, ...judge(facts, passage.boundary, grantedTo(facts, passage))]
  } catch {
    return { evaluation, looked: evaluation.reasons.map((reason) => looked(placeOf(reason, [reason]))) }
  }
  const { document } = passage.boundary
  const places = [
    ...rulePlaces(facts, document, found),
    ...linePlaces(facts, document, found),
    ...checkPlaces(facts, found),
  ]
  const told = new Set(places.flatMap(({ reasons }) => reasons))
  const rest = grouped(found.filter((reason) => !told.has(reason)))
  const all = [...places, ...rest, ...observing(evaluation)].toSorted((a, b) => a.step - b.step)
  return { evaluation, looked: all.map(looked) }
}

/** A boundary that only observes lets run what its own lines stop: said as a line, beside those that say so. */
function observing({ observed }: Evaluation): Place[] {
  if (observed === undefined) return []
  return [{ step: STEPS.rules, rule: 'mode', outcome: 'matched', why: REASONS.observed.text, reasons: [] }]
}

function looked({ reasons, ...place }: Place): Looked {
  const asked = reasons.map(({ code }) => REASONS[code].decision)
  return { ...place, decision: DECISIONS.findLast((one) => asked.includes(one)) ?? null }
}

/** Matches that are no line of a list: scopes, surfaces, protected resources, the agent's own standing. */
function grouped(reasons: readonly Reason[]): Place[] {
  const byRule = new Map<string, Reason[]>()
  for (const reason of reasons) {
    const key = `${String(reason.step)} ${reason.rule ?? reason.code}`
    byRule.set(key, [...(byRule.get(key) ?? []), reason])
  }
  return [...byRule.values()].flatMap((group) => (group[0] === undefined ? [] : [placeOf(group[0], group)]))
}

function placeOf({ step, rule, code }: Reason, reasons: readonly Reason[]): Place {
  return { step, rule: rule ?? code, outcome: 'matched', why: words(reasons), reasons }
}

const words = (reasons: readonly Reason[]): string =>
  [...new Set(reasons.map(({ text, detail }) => (detail === undefined ? text : `${text} ${detail}`)))].join(' ')

const LISTS = ['never', 'approval_required', 'autonomous'] as const

/** Every line of the three lists of a boundary and the two of the baseline. */
function rulePlaces(facts: Facts, boundary: Boundary, found: readonly Reason[]): Place[] {
  const baseline: Baseline | null = facts.baseline?.document ?? null
  const tool = resolveTool(facts.action.tool)
  const compiled = compileBoundary(boundary)
  const floor = baseline === null ? null : compileBaseline(baseline)
  const calls = tool === null ? [] : callsOf(facts, tool, compiled, floor)
  const inScope = tool !== null && (compiled.scopes.has(tool.server) || tool.server === LOCAL_SERVER)
  const place =
    (list: (typeof LISTS)[number], section: string, step: Step, index: Parameters<typeof rulesFor>[0]) =>
    (rule: Rule | AutonomousRule, at: number): Place => {
      const name = `${section}[${String(at)}]`
      const permits = list === 'autonomous'
      const reasons = found.filter((reason) => reason.rule === name && reason.step === step)
      const spoken = { step, rule: name, reasons }
      const asked = tool === null ? [] : rulesFor(index, tool)
      const mine = asked.find((one) => one.rule === name)
      if (mine === undefined) return { ...spoken, outcome: 'not', why: `It is about ${rule.tool}.` }
      if (permits && !inScope && tool !== null && !rulesFor(index, tool, false).includes(mine))
        return { ...spoken, outcome: 'not', why: 'A bare name counts on servers in scope, and this one is not.' }
      return { ...spoken, ...tried(mine, calls, reasons, permits) }
    }
  return [
    ...LISTS.flatMap((list) => boundary[list].map(place(list, list, STEPS.rules, compiled[list]))),
    ...(baseline === null || floor === null
      ? []
      : (['never', 'approval_required'] as const).flatMap((list) =>
          baseline[list].map(place(list, `baseline.${list}`, STEPS.baseline, floor[list])),
        )),
  ]
}

/** Every entry of the surfaces, every protected resource, every limit. */
function linePlaces(facts: Facts, boundary: Boundary, found: readonly Reason[]): Place[] {
  return linesOf(facts, boundary, facts.baseline?.document ?? null).map(({ step, rule, otherwise }) => {
    const reasons = found.filter((reason) => reason.rule === rule && reason.step === step)
    return reasons.length > 0
      ? { step, rule, outcome: 'matched', why: words(reasons), reasons }
      : { step, rule, outcome: 'not', why: otherwise, reasons }
  })
}

/** A rule about this tool: what its condition says of the call, in a tainted run asked both ways as `evaluate` does. */
function tried(
  { condition }: CompiledRule,
  calls: readonly Call[],
  reasons: readonly Reason[],
  permits: boolean,
): Pick<Place, 'outcome' | 'why'> {
  const answers = condition === null ? [true] : calls.map((call) => condition.test(call.input, call.size))
  const when = condition === null ? '' : ` (${condition.text})`
  if (answers.includes(true))
    return {
      outcome: 'matched',
      why: reasons.length > 0 ? `${words(reasons)}${when}` : `It names this tool${when}, and something else decides.`,
    }
  if (answers.includes('error')) {
    const counts = permits ? 'so it permits nothing' : 'so it counts as met'
    return { outcome: 'error', why: `Its condition${when} cannot be told from this call, ${counts}.` }
  }
  return { outcome: 'not', why: `Its condition${when} is not met.` }
}

const CHECKS: readonly (readonly [Step, string, string, (reason: Reason) => boolean])[] = [
  [
    STEPS.rules,
    'mcp_scopes',
    'A rule names this tool, so its scope is not asked.',
    ({ rule, code }) => rule?.startsWith('mcp_scopes.') === true || code === 'out_of_scope',
  ],
  [
    STEPS.arguments,
    'schema',
    'The arguments fit what the catalogue knows of the tool.',
    ({ step }) => step === STEPS.arguments,
  ],
  [
    STEPS.untrusted,
    'run.tainted',
    'Nothing in the run is untrusted, or the tool only reads.',
    ({ step }) => step === STEPS.untrusted,
  ],
  [
    STEPS.sandbox,
    'sandbox',
    'No sandbox is asked of this call, or a runner attested one.',
    ({ step }) => step === STEPS.sandbox,
  ],
  [STEPS.secrets, 'secrets', 'No secret is in the arguments.', ({ step }) => step === STEPS.secrets],
]

/** The checks that stand in no list: one line each where nothing was found, as many as there are matches where something was. */
function checkPlaces({ tool }: Facts, found: readonly Reason[]): Place[] {
  return CHECKS.flatMap(([step, rule, fine, mine]): Place[] => {
    const reasons = found.filter(mine)
    if (reasons.length > 0) return grouped(reasons)
    const why = rule === 'schema' && tool?.schema === undefined ? 'The catalogue has no schema of this tool.' : fine
    return [{ step, rule, outcome: rule === 'mcp_scopes' ? 'unasked' : 'not', why, reasons: [] }]
  })
}
