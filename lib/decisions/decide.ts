import type pg from 'pg'
import type { Channel } from '@/lib/agents/channel'
import { canonicalBytes, sha256 } from '@/lib/core/canonical'
import { digestText } from '@/lib/core/digest-text'
import { fault, type Fault } from '@/lib/core/fault'
import { parsePublicId, publicId } from '@/lib/core/ids'
import { paths } from '@/lib/core/paths'
import { Batcher } from '@/lib/core/batch'
import { standingAttestation, type Attested } from '@/lib/decisions/attest'
import { profileDigest } from '@/lib/decisions/attestation'
import type { ActionOutput, Proposal, Proposed } from '@/lib/decisions/contract'
import { STATE_OF_DECISION } from '@/lib/decisions/decision'
import { evaluate } from '@/lib/decisions/evaluate'
import type { Discharge, Evaluation, Facts } from '@/lib/decisions/facts'
import { bringsTaint, makeItem, subjectOf, type Made } from '@/lib/decisions/item'
import { reachable } from '@/lib/decisions/reachable'
import { observedOf, toldReason } from '@/lib/decisions/told'
import { StandingFacts, type AgentStanding, type Standing } from '@/lib/decisions/standing'
import { recordBatch, type DecideItem, type DecideRow } from '@/lib/decisions/store'
import { haltCovers } from '@/lib/halt/halt'
import { ledger } from '@/lib/ledger/handle'
import { signReceipts } from '@/lib/ledger/receipt'
import { keepSubjectKey } from '@/lib/ledger/subject-key'
import { guardedBy, type Guarded } from '@/lib/resources/resource'
import { runFacts, type RunFacts } from '@/lib/runs/read'
import { runOver } from '@/lib/runs/run'
import { resolveTool, type ToolName } from '@/lib/tools/tool'

/**
 * Who proposes: an agent, by the credential and scope of its access token. `channel`: by which door, where it is not the native API; the
 * route that took it says so, and the entry of what is decided keeps it (ADR 0043).
 */
export type Caller = { agentId: string; credentialId: string; scope: 'act' | 'halts'; channel?: Channel }

export type DeciderOptions = {
  connections: pg.Pool
  /** `PUBLIC_URL`, for the link to an approval */
  publicUrl: () => URL
  /** milliseconds since 1970 */
  now?: () => number
}

/** What a proposal came to: recorded as a new action, the key was used for one before, or the same is asked for already and waits. */
export type Decided = { answer: ActionOutput } | { replay: { actionId: string } } | { same: { actionId: string } }

/** `attestable`: as if a runner had signed for what the boundary asks, which only happens when the grant is claimed. */
type Judging = { full?: Facts['full']; asks?: boolean; attested?: Attested | null; attestable?: boolean }

const ROUNDS = 3
const MOST_RUNS = 10_000

type Recorded = DecideRow & { receipt: string | null }

/** Decides proposals: evaluates in memory, then records and answers in one call to the database (DESIGN §4). */
export class Decider {
  readonly standing: StandingFacts
  readonly #runs = new Map<string, RunFacts>()
  readonly #batch: Batcher<Made, Recorded>
  readonly #now: () => number

  constructor(private readonly options: DeciderOptions) {
    this.standing = new StandingFacts(options.connections)
    this.#now = options.now ?? Date.now
    this.#batch = new Batcher({ call: (made) => this.#record(made), leftNothing })
  }

  /**
   * Decides one proposal. The answer is recorded with its reasons before it is given.
   * @param key an `Idempotency-Key`
   * @throws Fault `invalid_credential`, `stop_only`, `not_found` (the run), `wrong_state` (the run has ended), `lease_lapsed`,
   *   `idempotency_mismatch`, `clock_skew`, `cannot_record`
   */
  async decide(
    caller: Caller,
    proposal: Proposed,
    key: string | null = null,
    { asks = true, attested = null }: { asks?: boolean; attested?: Attested | null } = {},
  ): Promise<Decided> {
    const tool = resolveTool(proposal.tool)
    if (tool === null)
      throw fault('invalid_request', {
        field: 'tool',
        detail: 'A tool is "server.tool", or a name alone for a local one.',
      })
    const idempotency = key === null ? null : { keyHash: sha256(key), bodyHash: sha256(canonicalBytes(proposal)) }
    const run = proposal.run === undefined ? null : await this.#runOf(caller, proposal.run.id)
    const used: Record<string, number> & Facts['used'] = { minute: 0, hour: 0, day: 0 }
    let least = 0n
    let full: Facts['full']
    for (let round = 0; round < ROUNDS; round++) {
      const standing = await this.standingOf(caller, tool, least)
      const sandboxed = await standingAttestation(this.options.connections, attested)
      const judged = this.judge(caller, standing, tool, proposal, run, used, null, { full, asks, attested: sandboxed })
      const subjectKey = await this.#keyOf(caller, proposal)
      const made = makeItem(
        {
          caller,
          proposal,
          tool,
          runId: run?.id ?? null,
          standing,
          ...judged,
          taints: bringsTaint(proposal),
          attested: sandboxed !== null,
          idempotency,
        },
        subjectKey,
        this.#now(),
      )
      const row = await this.#submit(made)
      switch (row.result) {
        case 'recorded':
          if (run && judged.tainted) run.tainted = true
          return { answer: this.#answer(made, standing, judged.evaluation, row.receipt) }
        case 'replay':
          if (idempotency && !idempotency.bodyHash.equals(row.body ?? Buffer.alloc(0)))
            throw fault('idempotency_mismatch', { field: 'Idempotency-Key' })
          return { replay: { actionId: row.action } }
        case 'same':
          return { same: { actionId: row.action } }
        case 'full':
          full = row.detail === 'agent' ? 'agent' : 'all'
          break
        case 'run_ended':
          this.#runs.delete(run?.id ?? '')
          throw await this.#endedOr(run?.id ?? '')
        case 'tainted':
          if (run) run.tainted = true
          else await this.standing.load(caller.agentId, tool)
          break
        case 'limited':
          Object.assign(used, takenOf(row.detail))
          break
        case 'moved':
          least = BigInt(row.epoch)
          this.standing.forget(least)
      }
    }
    throw fault('cannot_record', {
      detail: 'What decides changed while this was decided. Propose it again.',
      retryAfterSeconds: 1,
    })
  }

  /**
   * The facts of an agent and a tool, at least as new as an epoch, for a caller whose credential stands under them.
   * @throws Fault `invalid_credential`, `stop_only`
   */
  async standingOf(caller: Caller, tool: ToolName, least: bigint): Promise<Standing & { agent: AgentStanding }> {
    let standing = await this.standing.of(caller.agentId, tool)
    const lacks = (found: Standing) => found.epoch < least || !found.agent?.credentials.has(caller.credentialId)
    // a credential just made does not move the epoch
    if (lacks(standing)) standing = await this.standing.load(caller.agentId, tool)
    const { agent } = standing
    const ends = agent?.credentials.get(caller.credentialId)
    if (agent === null || ends === undefined || (ends !== null && ends <= this.#now())) {
      throw fault('invalid_credential', { detail: 'The credential behind this token was revoked, or has ended.' })
    }
    // A stop-only token of an agent that is still stopped is answered like any other: forbidden, recorded, with the reason.
    const stopped = agent.state !== 'active' || this.#haltsOf({ ...standing, agent }, tool, null).length > 0
    if (caller.scope !== 'act' && !stopped)
      throw fault('stop_only', { detail: 'Ask for a new token: this one was given while a halt was in force.' })
    return { ...standing, agent }
  }

  /** Runs the gate in memory. `approval` is what a person discharged, at the second run. */
  judge(
    caller: Caller,
    standing: Standing & { agent: AgentStanding },
    tool: ToolName,
    proposal: Pick<Proposed, 'arguments' | 'resource' | 'untrusted_sources' | 'evidence' | 'attributes'>,
    run: RunFacts | null,
    used: Facts['used'],
    approval: Discharge | null,
    { full, asks = true, attested = null, attestable = false }: Judging = {},
  ): { evaluation: Evaluation; tainted: boolean; guarded: readonly Guarded[] } {
    const { facts, guarded } = this.#factsOf(caller, standing, tool, proposal, run, used, approval, {
      full,
      asks,
      attested,
      attestable,
    })
    return { evaluation: evaluate(facts), tainted: facts.run.tainted, guarded }
  }

  /** Whether an agent could be let to call a tool at all now, with some arguments, alone or with people's agreement (C08). */
  reaches(caller: Caller, standing: Standing & { agent: AgentStanding }, tool: ToolName): boolean {
    const { facts } = this.#factsOf(
      caller,
      standing,
      tool,
      { arguments: {} },
      null,
      { minute: 0, hour: 0, day: 0 },
      null,
    )
    return reachable(facts)
  }

  #factsOf(
    caller: Caller,
    standing: Standing & { agent: AgentStanding },
    tool: ToolName,
    proposal: Pick<Proposed, 'arguments' | 'resource' | 'untrusted_sources' | 'evidence' | 'attributes'>,
    run: RunFacts | null,
    used: Facts['used'],
    approval: Discharge | null,
    { full, asks = true, attested = null, attestable = false }: Judging = {},
  ): { facts: Facts; guarded: readonly Guarded[] } {
    const now = this.#now()
    const { agent, house } = standing
    const tainted = bringsTaint(proposal as Proposal) || (run === null ? agent.taintedUntil > now : run.tainted)
    const action = {
      tool: tool.name,
      arguments: proposal.arguments as Facts['action']['arguments'],
      resource: proposal.resource ?? null,
      ...(proposal.attributes !== undefined && { attributes: proposal.attributes }),
    }
    const guarded = guardedBy(house.guarded, action)
    const facts: Facts = {
      now,
      credential: agent.credentials.has(caller.credentialId),
      halts: this.#haltsOf(standing, tool, run),
      guarded,
      agent,
      boundary: agent.boundary,
      elevations: agent.elevations,
      baseline: house.baseline,
      onLapse: house.onLapse,
      tool: standing.tool,
      action,
      run: {
        id: run === null ? null : publicId('run', run.id),
        tainted,
        // only what a runner signed for under the profile in force; what a run says of itself proves nothing
        sandbox:
          attested?.profile.equals(profileDigest(agent.boundary?.document.sandbox ?? null)) === true
            ? attested.enforced
            : attestable
              ? (agent.boundary?.document.sandbox ?? null)
              : null,
        openedAt: run?.openedAt.getTime() ?? null,
      },
      approval,
      used,
      ...(full !== undefined && { full }),
      ...(!asks && { asks: false as const }),
    }
    return { facts, guarded }
  }

  /** A run of the caller's. @throws Fault `not_found` naming `run.id` */
  async runOf(caller: Caller, runId: string): Promise<RunFacts> {
    const known = this.#runs.get(runId) ?? (await runFacts(this.options.connections, runId))
    if (known === null || known.agentId !== caller.agentId)
      throw fault('not_found', { field: 'run.id', detail: 'This agent has no such run.' })
    if (this.#runs.size >= MOST_RUNS) this.#runs.clear()
    this.#runs.set(runId, known)
    return known
  }

  /** Forgets what is remembered of a run: something of it has changed. */
  forgetRun(runId: string | null): void {
    if (runId !== null) this.#runs.delete(runId)
  }

  #runOf(caller: Caller, id: string): Promise<RunFacts> {
    return this.runOf(caller, parsePublicId('run', id, 'run.id'))
  }

  /** Why nothing is decided in a run: it is over, or its lease lapsed and has to be renewed first (ADR 0039). */
  async #endedOr(runId: string): Promise<Fault> {
    const now = await runFacts(this.options.connections, runId)
    if (now === null || runOver(now, new Date(this.#now())) !== null)
      return fault('wrong_state', { field: 'run.id', detail: 'This run has ended. Open another.' })
    return fault('lease_lapsed', {
      field: 'run.id',
      detail: 'The lease of this run has lapsed: stop what it does. Renew it before it goes on, or open another.',
    })
  }

  async #keyOf(caller: Caller, proposal: Proposal) {
    try {
      return await keepSubjectKey(this.options.connections, subjectOf(caller.agentId, proposal.on_behalf_of))
    } catch (error) {
      throw unrecorded(error)
    }
  }

  async #submit(made: Made): Promise<Recorded> {
    try {
      return await this.#batch.submit(made)
    } catch (error) {
      throw unrecorded(error)
    }
  }

  #haltsOf(
    { agent, house }: Standing & { agent: AgentStanding },
    tool: ToolName,
    run: RunFacts | null,
  ): Facts['halts'] {
    const subject = {
      agentId: agent.id,
      teamId: agent.teamId,
      environment: agent.environment,
      runId: run?.id ?? null,
      tool: tool.name,
    }
    // an unknown scope covers everything, and the rule is told the widest
    return house.halts
      .filter((halt) => haltCovers(halt, subject))
      .map(({ id, scope }) => ({ id, scope: scope as Facts['halts'][number]['scope'] }))
  }

  async #record(made: readonly Made[]): Promise<Recorded[]> {
    const now = new Date(this.#now())
    const rows = await recordBatch(
      this.options.connections,
      made.map(({ item }) => item),
      now,
    )
    const recorded = made.flatMap(({ item, leaf }, i) =>
      rows[i]?.result === 'recorded' ? [{ id: item.entry.id, leaf, at: i }] : [],
    )
    const receipts = signReceipts(recorded, now.toISOString(), ledger().receipt)
    const byRow = new Map(recorded.map(({ at }, i) => [at, receipts[i] ?? null]))
    return rows.map((row, i) => ({ ...row, receipt: byRow.get(i) ?? null }))
  }

  #answer(
    { item, payload, token }: Made,
    { agent }: { agent: AgentStanding },
    evaluation: Evaluation,
    receipt: string | null,
  ): ActionOutput {
    const { approval, grant, digest } = item
    const reasons = payload.reasons.map(toldReason)
    return {
      id: publicId('action', item.entry.id),
      decision: evaluation.decision,
      status: STATE_OF_DECISION[evaluation.decision],
      frozen: false,
      digest: digestText(digest),
      salt: payload.salt,
      reason: reasons[0] ?? {
        code: evaluation.reason.code,
        text: evaluation.reason.text,
        rule: evaluation.reason.rule,
      },
      reasons,
      observed: observedOf(payload),
      boundary: agent.boundary && { version: agent.boundary.version, digest: agent.boundary.digest },
      obligations: payload.obligations,
      approval: approval && {
        id: publicId('approval', approval.id),
        status: 'pending',
        expires_at: approval.endsAt.toISOString(),
        url: new URL(paths.approval(publicId('approval', approval.id)), this.options.publicUrl()).href,
      },
      edited: null,
      question: null,
      grant: grant && token !== null ? { token, expires_at: grant.endsAt.toISOString() } : null,
      receipt,
    }
  }
}

/** What `limited` says was taken of a limit before (`spend:EUR:day 4950000`). What cannot be read is all there is. */
function takenOf(detail: string | null): Record<string, number> {
  const [window = 'minute', taken] = (detail ?? '').split(' ')
  return { [window]: taken === undefined ? Number.MAX_SAFE_INTEGER : Number(taken) }
}

/** Errors of the statement itself: the database undid it. A lost or ended connection says nothing about the commit. */
function leftNothing(error: unknown): boolean {
  const { code } = error as { code?: unknown }
  return typeof code === 'string' && /^(?:22|23|40|42|53|55|P0|CS|0A|25)[0-9A-Z]{3}$|^57014$/.test(code)
}

/** What a failed recording is answered with: never an allow, and never a 500 (DESIGN §4). */
export function unrecorded(error: unknown): Fault {
  const { code } = error as { code?: unknown }
  return code === 'CS001'
    ? fault('clock_skew', { cause: error })
    : fault('cannot_record', { cause: error, retryAfterSeconds: 1 })
}

export type { DecideItem }
