import type { Baseline, Boundary, Limits } from '@/lib/boundary/boundary'
import { compileBaseline, compileBoundary, rulesFor } from '@/lib/boundary/compile'
import type { JsonObject } from '@/lib/core/json'
import type { Attributes } from '@/lib/decisions/contract'
import type { Decision } from '@/lib/decisions/decision'
import { evaluate } from '@/lib/decisions/evaluate'
import type { Facts } from '@/lib/decisions/facts'
import { KNOWN_SURFACES, resolveTool, type ToolClass } from '@/lib/tools/tool'
import { PastLimits } from './past-limits'

/** A decision of the past with what its entry recorded: plain facts, no word of the agent's but the names. */
export type PastDecision = {
  id: string
  /** ms since 1970 */
  at: number
  tool: string
  /** the class as of then; null where nobody had confirmed one */
  class: ToolClass | null
  was: Decision
  reason: string
  rule: string | null
  /** whether it addressed a resource that people had marked as protected */
  guarded: boolean
  resource: { type: string; id: string } | null
  run: Facts['run']
}

/** What the payload of a decision said, where it had to be opened. */
export type PastSaid = {
  arguments: JsonObject
  resource: PastDecision['resource']
  attributes?: Attributes
  reasons: readonly string[]
}

export type Would = { decision: Decision; reason: string; rule: string | null }

/** What a draft is tried under. `baselineAt`: the organisation's baseline as of a moment. */
export type PastTrial = {
  draft: Boundary
  baselineAt: (at: number) => Baseline | null
  /** every baseline there may have been */
  baselines: readonly Baseline[]
  agent: { environment: string; team: string }
  timeZone: string
}

/** Forbidden for what no boundary decides: such an answer stays as it was. */
const STANDING: ReadonlySet<string> = new Set([
  'halted',
  'agent_suspended',
  'owner_missing',
  'secret_in_arguments',
  'invalid_arguments',
])
const stands = (reason: string, rule: string | null): boolean =>
  STANDING.has(reason) || rule === 'agent.review' || rule === 'credential'

const MOST_GROUPS = 10_000

/**
 * Answers past decisions, in their order, as the gate would have under a draft: the same `evaluate`, with the facts of then where
 * they were recorded. The draft counts as signed, in force and enforcing; what no boundary decides (a halt, a secret) stays as it was.
 * Decisions that cannot be told apart by the draft are evaluated once.
 */
export class Past {
  private readonly draft: Boundary
  private readonly groups = new Map<string, Would>()
  private readonly limits: PastLimits
  private readonly floors = new WeakMap<Baseline, Baseline>()
  private readonly named = new Map<string, boolean>()

  constructor(private readonly trial: PastTrial) {
    const { mode: _, ...enforcing } = trial.draft
    this.draft = { ...enforcing, limits: {}, expires: null, review_by: null }
    this.limits = new PastLimits(trial.draft.limits, trial.timeZone)
  }

  /** Whether the draft asks for the resource of decisions whose arguments it does not ask for. */
  get asksForResource(): boolean {
    const { data, protected: kept } = compileBoundary(this.draft)
    return data !== null || kept.types.size > 0 || this.trial.baselines.some(({ surfaces }) => surfaces?.data)
  }

  /** Whether nobody can say what the draft answers without the arguments: conditions, commands, paths, names, money. */
  needsArguments(past: PastDecision): boolean {
    if (stands(past.reason, past.rule)) return false
    const floor = this.trial.baselineAt(past.at)
    const spends = past.class === null || past.class.spends === true
    if (spends && (hasMoney(this.trial.draft.limits) || hasMoney(floor?.limits ?? {}))) return true
    if (compileBoundary(this.draft).protected.names.size > 0 && past.class?.access !== 'read') return true
    const key = `${past.tool} ${String(this.floorId(floor))}`
    const known = this.named.get(key)
    if (known !== undefined) return known
    const needs = this.asksOf(past.tool, floor)
    if (this.named.size >= MOST_GROUPS) this.named.clear()
    this.named.set(key, needs)
    return needs
  }

  /**
   * Whether an answer has to be compared with every reason recorded then before it counts as looser: the first one may hide
   * another that stands whatever a boundary says.
   */
  mustVerify(past: PastDecision, would: Would): boolean {
    if (past.was === 'forbid') return would.decision !== 'forbid' && !stands(past.reason, past.rule)
    return past.was === 'hold' && would.decision === 'allow' && past.run.id === null
  }

  /** The answer without what a limit says; `said` where the payload was opened. */
  rules(past: PastDecision, said: PastSaid | null): Would {
    const standing = said?.reasons.find((code) => STANDING.has(code))
    if (stands(past.reason, past.rule)) return { decision: past.was, reason: past.reason, rule: past.rule }
    if (standing !== undefined) return { decision: 'forbid', reason: standing, rule: null }
    if (said !== null) return this.evaluated(past, said)
    const { tool, class: known, guarded, run } = past
    const floor = this.trial.baselineAt(past.at)
    const key = JSON.stringify([
      ...[tool, known, guarded, this.tainted(past, null), run.sandbox, this.floorId(floor)],
      this.asksForResource ? past.resource : null,
    ])
    const answered = this.groups.get(key)
    if (answered !== undefined) return answered
    const would = this.evaluated(past, null)
    if (this.groups.size >= MOST_GROUPS) this.groups.clear()
    this.groups.set(key, would)
    return would
  }

  /** What limits make of an answer, once each and in order: what would have been allowed is counted. */
  limited(past: PastDecision, would: Would, said: PastSaid | null): Would {
    if (would.decision !== 'allow' || stands(past.reason, past.rule)) return would
    const reached = this.limits.take(past, said?.arguments ?? {}, this.trial.baselineAt(past.at)?.limits ?? {})
    return reached === null ? would : { decision: 'hold', reason: 'limit_reached', rule: reached }
  }

  private evaluated(past: PastDecision, said: PastSaid | null): Would {
    const floor = this.trial.baselineAt(past.at)
    const { decision, reason } = evaluate({
      now: past.at,
      credential: true,
      halts: [],
      guarded: past.guarded ? [{ id: '', type: '', name: '' }] : [],
      elevations: [],
      agent: {
        slug: this.draft.agent,
        state: 'active',
        ...this.trial.agent,
        owned: true,
        reviewDueAt: Number.POSITIVE_INFINITY,
      },
      boundary: {
        version: 0,
        digest: '',
        document: this.draft,
        signedAt: 0,
        lapsesAt: Number.POSITIVE_INFINITY,
      },
      baseline: floor === null ? null : { version: 0, digest: '', document: this.unlimited(floor) },
      tool: past.class === null ? null : { name: past.tool, class: past.class },
      action: {
        tool: past.tool,
        arguments: said?.arguments ?? {},
        resource: said?.resource ?? past.resource,
        ...(said?.attributes !== undefined && { attributes: said.attributes }),
      },
      ...(past.reason === 'not_asked' && { asks: false as const }),
      run: { ...past.run, tainted: this.tainted(past, said) },
      approval: null,
      used: { minute: 0, hour: 0, day: 0 },
    })
    return { decision, reason: reason.code, rule: reason.rule }
  }

  /** Taint as it was recorded with the run; of an action without one, as far as its reasons tell. */
  private tainted({ run, reason }: PastDecision, said: PastSaid | null): boolean {
    return run.tainted || reason === 'untrusted_content' || said?.reasons.includes('untrusted_content') === true
  }

  private asksOf(name: string, floor: Baseline | null): boolean {
    const tool = resolveTool(name)
    if (tool === null) return false
    const { never, approval_required: asks, autonomous, commands, code, data } = compileBoundary(this.draft)
    const floors = floor === null ? [] : [compileBaseline(this.unlimited(floor))]
    const rules = [never, asks, autonomous, ...floors.flatMap((each) => [each.never, each.approval_required])]
    const lists = [commands, code, data, ...floors.flatMap((each) => [each.commands, each.code, each.data])]
    const judged = KNOWN_SURFACES.has(name) && lists.some((list) => list !== null)
    return judged || rules.some((index) => rulesFor(index, tool).some(({ condition }) => condition !== null))
  }

  private unlimited(floor: Baseline): Baseline {
    const known = this.floors.get(floor)
    if (known !== undefined) return known
    const made = { ...floor, limits: {} }
    this.floors.set(floor, made)
    return made
  }

  private readonly floorIds = new WeakMap<Baseline, number>()
  private nextFloor = 1
  private floorId(floor: Baseline | null): number {
    if (floor === null) return 0
    const known = this.floorIds.get(floor)
    if (known !== undefined) return known
    this.floorIds.set(floor, this.nextFloor)
    return this.nextFloor++
  }
}

const hasMoney = (limits: Limits): boolean => Object.keys(limits).some((name) => name.startsWith('spend_'))
