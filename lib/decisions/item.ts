import { randomFillSync } from 'node:crypto'
import { type Channel, channelLabels } from '@/lib/agents/channel'
import type { Category, Limits } from '@/lib/boundary/boundary'
import { canonicalBytes, sha256 } from '@/lib/core/canonical'
import { digestText } from '@/lib/core/digest-text'
import { publicId, uuidv7 } from '@/lib/core/ids'
import type { JsonObject, JsonValue } from '@/lib/core/json'
import { seatRule } from '@/lib/approvals/seat'
import type { Attributes, Proposal, Proposed } from '@/lib/decisions/contract'
import { askedFor } from '@/lib/decisions/asked'
import { actionDigest, deedBytes, samenessBytes, type Digested } from '@/lib/decisions/digest'
import type { Reason } from '@/lib/decisions/decision'
import type { Evaluation } from '@/lib/decisions/facts'
import { obligationsOf } from '@/lib/decisions/kinds'
import { capsFor, reachedLimits } from '@/lib/decisions/limits'
import { sentence, sentenceText } from '@/lib/decisions/sentence'
import type { AgentStanding, Standing } from '@/lib/decisions/standing'
import { assuranceOf } from '@/lib/decisions/assurance'
import { stakesLevel } from '@/lib/decisions/stakes'
import { STAKES } from '@/lib/decisions/stakes-order'
import type { DecideItem } from '@/lib/decisions/store'
import { ledger } from '@/lib/ledger/handle'
import { keyedHash, type SubjectKey } from '@/lib/ledger/payload'
import { prepare } from '@/lib/ledger/prepare'
import { reasonsIn } from '@/lib/runs/reasons'
import type { Guarded } from '@/lib/resources/resource'
import { classDefaults, executesCode, surfaceOf, type CatalogueTool, type ToolName } from '@/lib/tools/tool'

/** How long a grant stands for introspection, in milliseconds. */
export const GRANT_MS = 60_000

/** What an `action.decided` entry keeps apart; `arguments` and the rest with known secrets taken out (C41). */
export type ActionPayload = {
  tool: string
  arguments: JsonObject
  resource: { type: string; id: string } | null
  requester: { type: string; id: string; proof: 'asserted' } | null
  reasoning: Proposal['reasoning'] | null
  evidence: NonNullable<Proposal['evidence']>
  untrusted_sources: string[]
  tested_against: NonNullable<Proposal['tested_against']>
  /** what a foreign protocol said beside it */
  attributes?: Attributes
  salt: string
  digest: string
  reasons: { code: string; rule: string | null; text: string; detail?: string }[]
  obligations: string[]
  /** what its boundary, which only observed, would have answered */
  observed?: { decision: string; reasons: ActionPayload['reasons'] }
  /** never kept: set where it is read with what a person edited it to */
  edited?: { by: string; at: string }
}

/** What the entry of an edit keeps apart. `before`: the digest it took the place of. */
export type EditPayload = { arguments: JsonObject; salt: string; digest: string; before: string }

/** One proposal with everything it was judged by. */
export type Judged = {
  caller: { agentId: string; credentialId: string; channel?: Channel }
  proposal: Proposed
  tool: ToolName
  runId: string | null
  standing: Standing & { agent: AgentStanding }
  evaluation: Evaluation
  /** the `run.tainted` it was judged with */
  tainted: boolean
  /** the protected resources it addresses */
  guarded: readonly Guarded[]
  taints: boolean
  /** a runner signed for the sandbox it will run in */
  attested: boolean
  idempotency: DecideItem['idempotency']
}

/** What only the answer carries: the secret of the grant is kept nowhere. */
export type Made = { item: DecideItem; payload: ActionPayload; token: string | null; leaf: Buffer }

/** Whether a proposal brings untrusted content into its run (C13). */
export function bringsTaint({ evidence, untrusted_sources: sources }: Proposal): boolean {
  return (sources?.length ?? 0) > 0 || (evidence?.some(({ untrusted }) => untrusted === true) ?? false)
}

/** What of it nobody vouches for: whoever decides must know of all of it, so a retry that brings more asks anew. */
function untrustedIn({ evidence, untrusted_sources: sources }: Proposal): string[] {
  const marked = evidence
    ?.filter(({ untrusted }) => untrusted === true)
    .map(({ title, uri }) => `${title}\n${uri ?? ''}`)
  return [...(sources ?? []), ...(marked ?? [])].toSorted()
}

/** Everything a proposal is digested over. */
export function digested(
  agentId: string,
  tool: string,
  runId: string | null,
  proposal: Proposed,
  boundary: string | null,
): Digested {
  return {
    agent: publicId('agent', agentId),
    tool,
    arguments: proposal.arguments as JsonObject, // what the strict parser made
    resource: proposal.resource ?? null,
    requester: proposal.on_behalf_of ?? null,
    run: runId === null ? null : publicId('run', runId),
    boundary,
    ...(proposal.attributes !== undefined && { attributes: proposal.attributes }),
  }
}

/** A new grant: `cs_grant_` and 256 random bits, kept as its SHA-256 alone. It ends with the elevation it rests on (`until`). */
export function newGrant(now: number, until = Infinity): { token: string; hash: Buffer; endsAt: Date } {
  const token = `cs_grant_${random(32).toString('base64url')}`
  return { token, hash: sha256(token), endsAt: new Date(Math.min(now + GRANT_MS, until)) }
}

/** Whose key an action's payload is sealed under: the requester's where one is named, else the agent's. */
export function subjectOf(agentId: string, requester: Proposal['on_behalf_of']): string {
  return requester === undefined ? `agent:${agentId}` : `requester:${requester.type}:${requester.id}`
}

/** Makes the rows of a judged proposal: digest, sealed payload, entry, grant or approval. */
export function makeItem(judged: Judged, key: SubjectKey, now: number): Made {
  const { caller, proposal, tool, runId, standing, evaluation, tainted } = judged
  const { agent } = standing
  const id = uuidv7(now, random(10))
  const salt = random(16).toString('base64url')
  const whole = digested(caller.agentId, tool.name, runId, proposal, agent.boundary?.digest ?? null)
  const digest = actionDigest(whole, salt)
  const approvalId = evaluation.decision === 'hold' ? uuidv7(now, random(10)) : null
  const grant = evaluation.decision === 'allow' ? newGrant(now, evaluation.until) : null
  const owed = obligationsOf(evaluation.decision, {
    tool: tool.name,
    class: standing.tool?.class ?? null,
    surface: surfaceOf(tool.name, standing.tool, whole.arguments),
    arguments: whole.arguments,
    resource: whole.resource,
  })
  const labels = [
    ...owed,
    ...(evaluation.observed ? ['observed', `would_${evaluation.observed.decision}`] : []),
    ...reachedLimits(evaluation.reasons),
    ...channelLabels(caller.channel),
    ...(judged.attested ? ['sandbox_attested'] : []),
  ]
  const payload: ActionPayload = {
    tool: tool.name,
    arguments: whole.arguments,
    resource: whole.resource,
    requester: proposal.on_behalf_of ? { ...proposal.on_behalf_of, proof: 'asserted' } : null,
    reasoning: proposal.reasoning ?? null,
    evidence: proposal.evidence ?? [],
    untrusted_sources: proposal.untrusted_sources ?? [],
    tested_against: proposal.tested_against ?? [],
    ...(whole.attributes !== undefined && { attributes: whole.attributes }),
    salt,
    digest: digestText(digest),
    reasons: evaluation.reasons.map(kept),
    obligations: owed,
    ...(evaluation.observed && {
      observed: { decision: evaluation.observed.decision, reasons: evaluation.observed.reasons.map(kept) },
    }),
  }
  const prepared = prepare(
    id,
    {
      kind: 'action.decided',
      actor: 'agent',
      agent: agent.id,
      owner: agent.ownerId,
      accountable: accountableFor(agent, tool.name, standing.tool),
      run: runId,
      outcome: evaluation.decision,
      reason: evaluation.reason.code,
      rule: evaluation.reason.rule,
      boundary: agent.boundary ? { version: agent.boundary.version, digest: agent.boundary.digest } : null,
      tool: standing.tool === null ? null : tool.name,
      class: standing.tool?.class ?? null,
      ...(labels.length > 0 && { labels }),
      // one entry names one: the resource it said it changes, else the first its arguments name; the payload names them all
      about: {
        approval: approvalId,
        boundary: agent.boundary?.id ?? null,
        credential: caller.credentialId,
        resource: judged.guarded[0]?.id ?? null,
      },
      payload: payload as unknown as JsonValue, // keys without a value are dropped by JSON
      projection: {
        tool: tool.name,
        resource_type: whole.resource?.type ?? null,
        resource_id: whole.resource?.id ?? null,
        requester: whole.requester?.id ?? null,
        requester_proof: whole.requester === null ? null : 'asserted',
        sentence: sentenceText(
          sentence({ agent: agent.slug, tool: tool.name, arguments: whole.arguments, resource: whole.resource }),
        ),
        ...reasonsIn(proposal.reasoning),
        amount: typeof whole.arguments['amount'] === 'number' ? whole.arguments['amount'] : null,
      },
    },
    key,
    { nonce: random(32), iv: random(12) },
  )
  const item: DecideItem = {
    epoch: standing.epoch,
    agentId: agent.id,
    runId,
    credentialId: caller.credentialId,
    boundaryId: agent.boundary?.id ?? null,
    decision: evaluation.decision,
    reasonCode: evaluation.reason.code,
    rule: evaluation.reason.rule,
    digest,
    sameness: keyedHash(
      ledger().keys.commitment,
      'sameness',
      samenessBytes(whole, untrustedIn(proposal), evaluation.reasons, standing.house.baseline?.digest ?? null),
    ),
    grant,
    clean: !tainted && evaluation.decision !== 'forbid',
    taints: judged.taints,
    idempotency: judged.idempotency,
    approval: approvalId === null ? null : approvalOf(approvalId, judged, whole, now),
    caps: capsFor(evaluation, Object.values(limitsUnder(standing, evaluation)), standing.tool, whole.arguments),
    entry: {
      id,
      envelope: prepared.envelope,
      payload: prepared.payload,
      projection: prepared.projection,
    },
  }
  return { item, payload, token: grant?.token ?? null, leaf: prepared.leaf }
}

/** The question a held action is: whom it asks, and until when. */
function approvalOf(id: string, judged: Judged, whole: Digested, now: number): DecideItem['approval'] {
  const { standing, evaluation, proposal, tool } = judged
  const { agent, house } = standing
  const { asked, waitMs, passkey, ...order } = askedFor(evaluation.reasons, {
    boundary: agent.boundary?.document.approval_required ?? [],
    baseline: house.baseline?.document.approval_required ?? [],
  })
  const stakes = stakesLevel({
    class: standing.tool?.class ?? null,
    surface: surfaceOf(tool.name, standing.tool, proposal.arguments as JsonObject),
    codes: evaluation.reasons.map(({ code }) => code),
    guarded: judged.guarded.length > 0,
  })
  return {
    id,
    endsAt: new Date(now + waitMs),
    rule: {
      seats: asked.length,
      asked,
      ...order,
      stakes: STAKES.indexOf(stakes),
      alike: alikeHash([
        agent.id,
        tool.name,
        evaluation.reasons.map(({ code, rule }) => [code, rule]),
        stakes,
        asked.map((words) => [...words]),
      ]),
      deed: keyedHash(ledger().keys.commitment, 'deed', deedBytes(whole)).toString('hex'),
      baseline: house.baseline?.digest ?? null,
      ...assuranceOf(house.verdicts, stakes, passkey),
      ...seatRule('action', { ownerId: agent.ownerId }),
    },
    asker: proposal.on_behalf_of?.id.includes('@') === true ? proposal.on_behalf_of.id : null,
  }
}

/** The first half of a keyed hash, in hexadecimal: equal for requests that are alike, and tells nothing of them. */
function alikeHash(of: JsonValue): string {
  return keyedHash(ledger().keys.commitment, 'alike', canonicalBytes(of)).subarray(0, 16).toString('hex')
}

const kept = ({ code, rule, text, detail }: Reason): ActionPayload['reasons'][number] => ({
  code,
  rule,
  text,
  ...(detail !== undefined && { detail }),
})

/** The limits an action is counted under, by the section a rule names them in. What is only observed is not counted either: its limits would stop it. */
export function limitsUnder(
  { agent, house }: Judged['standing'],
  { observed }: Evaluation,
): { limits: Limits; 'baseline.limits': Limits } {
  return {
    limits: observed ? {} : (agent.boundary?.document.limits ?? {}),
    'baseline.limits': house.baseline?.document.limits ?? {},
  }
}

/** Who answers for this kind of action (C04): who the boundary names for its most severe category, else the owner. */
function accountableFor(
  agent: AgentStanding,
  tool: string,
  known: CatalogueTool | null,
): `person:${string}` | `team:${string}` {
  const category = categoriesOf(tool, known).find((each) => agent.accountable[each] !== undefined)
  return (category === undefined ? undefined : agent.accountable[category]) ?? `person:${agent.ownerId}`
}

function categoriesOf(tool: string, known: CatalogueTool | null): Category[] {
  const all: Category[] = []
  if (known?.class) {
    const { access, reversible, audience, production, spends } = classDefaults(known.class)
    if (spends) all.push('spending')
    if (production) all.push('production')
    if (audience !== 'internal') all.push(audience)
    if (!reversible) all.push('irreversible')
    if (executesCode(tool, known)) all.push('execution')
    all.push(access === 'read' ? 'reads' : 'writes')
  } else if (executesCode(tool, known)) all.push('execution')
  return all
}

// Randomness in draws of 4 KB: a call for each few bytes cost more than sealing the payload. Every byte is given out once, and
// what was given out is wiped from the pool: it holds no secret of an earlier request.
const pool = Buffer.alloc(4_096)
let used = pool.length
function random(bytes: number): Buffer {
  if (used + bytes > pool.length) {
    randomFillSync(pool)
    used = 0
  }
  used += bytes
  const given = Buffer.from(pool.subarray(used - bytes, used))
  pool.fill(0, used - bytes, used)
  return given
}
