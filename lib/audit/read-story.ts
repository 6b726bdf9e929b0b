import { channelOf } from '@/lib/agents/channel'
import type { Db } from '@/lib/db/client'
import { fault } from '@/lib/core/fault'
import { idTime, parsePublicId, publicId } from '@/lib/core/ids'
import type { ApprovalStatus } from '@/lib/approvals/approval'
import { REASONS, type Decision } from '@/lib/decisions/decision'
import { readAttestations } from '@/lib/decisions/read-attestations'
import { refusalsOf } from '@/lib/decisions/read-run'
import { readSaid, type Said } from '@/lib/decisions/said'
import { isHalted } from '@/lib/halt/in-force'
import type { Entry } from '@/lib/ledger/entry'
import { entriesOfAction } from '@/lib/ledger/read'
import type { Actor } from '@/lib/people/actor'
import { can } from '@/lib/people/permission'
import { readOwnershipAt } from './read-ownership'
import type { Approved, Asked, Decided, Outcome, OwnerThen, Story } from './story'
import { goneIn, openFor, type OpenedFor } from './open-for'
import { findAction, findSignature, listVerdicts, namesOf, type ActionStanding } from './store'

type Told = { id: string; index: number | null; entry: Entry }

/**
 * One action's whole story, for whoever may read it. The entries say what happened; the rows of today only say where it
 * stands now and what people are called.
 * @throws Fault `invalid_id`, `not_found` (also where the person may not read it)
 */
export async function readStory(db: Db, actor: Actor, actionId: string): Promise<Story> {
  const id = parsePublicId('action', actionId, 'action')
  const standing = await findAction(db, id)
  if (!standing || !can(actor, 'audit.read', { ownerId: standing.owner_id }).ok) throw fault('not_found')
  const told = (await entriesOfAction(db, id)).flatMap(({ entry, ...rest }): Told[] =>
    entry ? [{ ...rest, entry }] : [],
  )
  const first = told[0]
  if (first?.entry.kind !== 'action.decided')
    throw fault('internal', {
      detail: 'The entry that decided this action cannot be read. Look at the ledger’s integrity.',
    })
  const opened = (await openFor(db, actor, [id])).get(id) ?? null
  const said = readSaid(opened?.state === 'open' ? opened.payload : null)
  return {
    action: actionId,
    agent: { slug: standing.slug },
    status: standing.status,
    frozen: await isFrozen(db, standing, said.tool ?? first.entry.tool ?? ''),
    asked: askedOf(first, said, opened),
    decided: await decidedOf(db, first, standing, said),
    approval: await approvalOf(db, standing, told, opened?.state === 'sensitive'),
    steps: told
      .slice(1)
      .filter(({ entry }) => entry.kind.startsWith('action.'))
      .map(({ id: entry, entry: { kind, labels } }) => ({
        kind,
        at: timeOf(entry),
        entry: publicId('entry', entry),
        labels: labels ?? [],
      })),
    outcome: await outcomeOf(db, actor, told),
    sandboxes: await readAttestations(db, id),
    refusals: (await refusalsOf(db, id)).map(({ reason, count }) => ({ reason, count })),
    proof: first.index === null ? null : { index: first.index, entry: publicId('entry', first.id) },
    entries: told.map(({ id: entry, index, entry: { kind } }) => ({
      id: publicId('entry', entry),
      kind,
      index,
      at: timeOf(entry),
    })),
    owner: await ownerOf(db, first, standing),
  }
}

/** Whether a halt lies over it: derived, never stored (DESIGN §4). What is over cannot be frozen. */
async function isFrozen(db: Db, standing: ActionStanding, tool: string): Promise<boolean> {
  if (!['held', 'allowed', 'approved', 'claimed'].includes(standing.status)) return false
  const { agent_id: agentId, team_id: teamId, environment, run_id: runId } = standing
  return isHalted(db, { agentId, teamId, environment, runId, tool })
}

function askedOf({ id, entry }: Told, said: Said, opened: OpenedFor | null): Asked {
  return {
    at: timeOf(id),
    run: entry.run ? publicId('run', entry.run) : null,
    tool:
      said.tool ??
      entry.tool ??
      (opened?.state === 'sensitive' ? 'a tool whose name is sensitive' : 'a tool whose name is gone'),
    known: entry.tool !== undefined && entry.tool !== null,
    channel: channelOf(entry.labels ?? []),
    said: closedState(opened, 'erased'),
    gone: goneIn(opened ?? undefined),
    resource: said.resource,
    requester: said.requester,
    arguments: said.arguments,
    argumentsRaw: said.argumentsRaw,
    reasoning: said.reasoning,
    evidence: said.evidence,
    untrustedSources: said.untrustedSources,
    testedAgainst: said.testedAgainst,
  }
}

async function decidedOf(db: Db, { id, entry }: Told, standing: ActionStanding, said: Said): Promise<Decided> {
  const { boundary } = entry
  const signature = boundary ? await findSignature(db, standing.agent_id, boundary.version) : null
  const code = entry.reason ?? ''
  const text = code in REASONS ? REASONS[code as keyof typeof REASONS].text : code
  return {
    at: timeOf(id),
    decision: (entry.outcome ?? 'forbid') as Decision,
    reasons: said.reasons.length > 0 ? said.reasons : [{ code, text, rule: entry.rule ?? null }],
    observed: said.observed,
    boundary: boundary
      ? {
          version: boundary.version,
          digest: boundary.digest,
          signer: signature ? { id: signature.person_id, name: signature.name } : null,
          signedAt: signature?.signed_at.toISOString() ?? null,
        }
      : null,
    digest: `sha256:${Buffer.from(standing.digest).toString('hex')}`,
  }
}

async function approvalOf(
  db: Db,
  standing: ActionStanding,
  told: readonly Told[],
  sensitive: boolean,
): Promise<Approved | null> {
  const { approval_id: id, approval_opened: opened, approval_expires: expires } = standing
  if (id === null || opened === null || expires === null) return null
  const recorded = told.flatMap(({ entry }) => entry.verdicts ?? [])
  const verdicts = await listVerdicts(db, id)
  return {
    id: publicId('approval', id),
    status: (standing.approval_status ?? 'pending') as ApprovalStatus,
    openedAt: opened.toISOString(),
    expiresAt: expires.toISOString(),
    closedAt: standing.approval_closed?.toISOString() ?? null,
    verdicts: verdicts.map(({ person_id: person, name, answer, reason, at }) => ({
      person: { id: person, name },
      answer,
      capability: recorded.find((one) => one.person === person)?.capability ?? null,
      ...(recorded.some((one) => one.person === person && one.assurance === 'passkey') && { passkey: true as const }),
      reason: sensitive ? '' : reason, // an approver’s words are in a payload, too
      at: at.toISOString(),
    })),
  }
}

async function outcomeOf(db: Db, actor: Actor, told: readonly Told[]): Promise<Outcome | null> {
  const last = told.findLast(({ entry }) => entry.kind === 'action.completed')
  const status = last?.entry.outcome
  if (!last || (status !== 'succeeded' && status !== 'failed' && status !== 'aborted')) return null
  const opened = (await openFor(db, actor, [last.id])).get(last.id)
  const payload = opened?.state === 'open' && isObject(opened.payload) ? opened.payload : {}
  return {
    status,
    at: timeOf(last.id),
    durationMs: typeof payload.duration_ms === 'number' ? payload.duration_ms : null,
    output: payload.output ?? null,
    error: typeof payload.error === 'string' ? payload.error : null,
    said: closedState(opened, 'none'),
  }
}

async function ownerOf(db: Db, { id, index, entry }: Told, standing: ActionStanding): Promise<OwnerThen> {
  const [kind, accountable] = (entry.accountable ?? '').split(':') as ['person' | 'team', string | undefined]
  const names = await namesOf(
    db,
    [entry.owner, accountable].filter((each) => typeof each === 'string' && each !== '') as string[],
  )
  const { then: said, since } = await readOwnershipAt(db, standing.agent_id, { index, at: timeOf(id) })
  const then = entry.owner ? { id: entry.owner, name: names.get(entry.owner) ?? 'somebody no longer known' } : null
  return {
    then,
    at: timeOf(id),
    now: { id: standing.owner_id, name: standing.owner },
    proof: said?.owner.id === entry.owner ? said : null,
    since,
    accountable:
      accountable !== undefined && accountable !== entry.owner
        ? { kind, name: names.get(accountable) ?? 'somebody no longer known' }
        : null,
  }
}

const timeOf = (entryId: string): string => new Date(idTime(entryId)).toISOString()
const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** What a page shows of a payload that may not be open: whoever is gone is gone, for whatever reason. */
function closedState<None extends 'none' | 'erased'>(
  opened: OpenedFor | null | undefined,
  none: None,
): 'open' | 'broken' | 'sensitive' | 'erased' | None {
  if (!opened || opened.state === 'none') return none
  if (opened.state === 'expired' || opened.state === 'missing') return 'erased'
  return opened.state
}
