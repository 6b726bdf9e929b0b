import { statusAt } from '@/lib/approvals/approval'
import { publicId } from '@/lib/core/ids'
import { paths } from '@/lib/core/paths'
import type { JsonObject } from '@/lib/core/json'
import type { ActionOutput } from '@/lib/decisions/contract'
import { REASONS, type ActionState, type ReasonCode } from '@/lib/decisions/decision'
import type { ActionPayload, EditPayload } from '@/lib/decisions/item'
import { editsOf, findAction, runTimesOf, type ActionRow, type EditRow } from '@/lib/decisions/store-actions'
import { observedOf, toldReason } from '@/lib/decisions/told'
import { openPayload, type OpenedPayload } from '@/lib/ledger/open'
import type { Sql } from '@/lib/ledger/sql'
import { runOver } from '@/lib/runs/run'

/**
 * One action as its agent sees it (`GET /api/v1/actions/{id}`): where it stands now, never a grant. Null when there is none, or
 * it is another agent's.
 * @param publicUrl for the link to its approval
 */
export async function readOwn(
  sql: Sql,
  publicUrl: URL,
  agentId: string,
  actionId: string,
  now: Date,
): Promise<ActionOutput | null> {
  const action = await findAction(sql, actionId)
  if (action === null || action.agent_id !== agentId) return null
  return outputOf(action, await payloadOf(sql, action), publicUrl, now)
}

/**
 * An agent's action in a run whose grant was given and not used, and still stands as far as its time goes; null for any other. Whether it may be
 * used is asked of the gate when it is consumed.
 */
export async function grantedCall(
  sql: Sql,
  agentId: string,
  actionId: string,
  now: Date,
): Promise<{ tool: string; arguments: JsonObject; runId: string } | null> {
  const action = await findAction(sql, actionId)
  if (action === null || action.agent_id !== agentId || action.run_id === null || action.grant_hash === null)
    return null
  if (!['allowed', 'approved'].includes(action.status) || (action.grant_expires_at?.getTime() ?? 0) <= now.getTime())
    return null
  const payload = await payloadOf(sql, action)
  return payload && { tool: payload.tool, arguments: payload.arguments, runId: action.run_id }
}

/** What the entry of an action keeps apart, or null when it was erased; where a person edited it, with what they edited it to. */
export async function payloadOf(sql: Sql, action: Pick<ActionRow, 'id' | 'edit_id'>): Promise<ActionPayload | null> {
  return payloadFrom(sql, await openPayload(sql, action.id), action)
}

/** The same from what was opened of its entry already. */
export async function payloadFrom(
  sql: Sql,
  opened: OpenedPayload | null,
  action: Pick<ActionRow, 'edit_id'>,
): Promise<ActionPayload | null> {
  const [edit] = action.edit_id === null ? [] : await editsOf(sql, [action.edit_id])
  return editedPayload(opened, edit, edit && (await openPayload(sql, edit.id)))
}

/** What was opened of an action's entry with what was opened of the entry of its edit, where it has one; null where either is erased. */
export function editedPayload(
  opened: OpenedPayload | null,
  edit: EditRow | undefined,
  edited: OpenedPayload | null | undefined,
): ActionPayload | null {
  // written by makeItem, and just checked against the entry's commitment
  const payload = opened?.state === 'open' ? (opened.payload as ActionPayload) : null
  if (payload === null || edit === undefined) return payload
  if (edited?.state !== 'open') return null
  const { arguments: args, salt, digest } = edited.payload as EditPayload // written by editAction
  return { ...payload, arguments: args, salt, digest, edited: { by: edit.by, at: edit.at.toISOString() } }
}

/**
 * Where an action stands at a moment: a held one whose time is over is expired, and one whose run is over is withdrawn, before the job has
 * written it.
 */
export function stateAt(
  action: Pick<ActionRow, 'status' | 'approval_expires_at' | 'run_id' | 'run_closed_at' | 'run_lease_until'>,
  now: Date,
): ActionState {
  if (action.status !== 'held') return action.status
  if (action.approval_expires_at !== null && action.approval_expires_at <= now) return 'expired'
  return runOver(runTimesOf(action), now) === null ? 'held' : 'withdrawn'
}

export function outputOf(action: ActionRow, payload: ActionPayload | null, publicUrl: URL, now: Date): ActionOutput {
  const { reason_code: code, rule } = action
  const reasons = (payload?.reasons ?? []).map(toldReason)
  const status = stateAt(action, now)
  return {
    id: publicId('action', action.id),
    decision: action.decision,
    status,
    frozen: action.frozen && ['held', 'allowed', 'approved', 'claimed'].includes(status),
    digest: `sha256:${Buffer.from(action.digest).toString('hex')}`,
    salt: payload?.salt ?? '',
    reason: reasons[0] ?? { code, rule, text: reasonText(code) },
    reasons,
    observed: payload === null ? null : observedOf(payload),
    boundary:
      action.boundary_version === null || action.boundary_digest === null
        ? null
        : { version: action.boundary_version, digest: action.boundary_digest },
    obligations: payload?.obligations ?? [],
    approval:
      action.approval_id === null || action.approval_status === null || action.approval_expires_at === null
        ? null
        : {
            id: publicId('approval', action.approval_id),
            status:
              status === 'withdrawn'
                ? 'withdrawn'
                : statusAt({ status: action.approval_status, expiresAt: action.approval_expires_at }, now),
            expires_at: action.approval_expires_at.toISOString(),
            url: new URL(paths.approval(publicId('approval', action.approval_id)), publicUrl).href,
          },
    edited: payload?.edited === undefined ? null : { arguments: payload.arguments, at: payload.edited.at },
    question:
      action.question_id === null || action.question_text === null || action.question_at === null
        ? null
        : {
            id: publicId('question', action.question_id),
            text: action.question_text,
            asked_at: action.question_at.toISOString(),
          },
    grant: null,
    receipt: null,
  }
}

/** What people read beside a reason code; the code itself when this version does not know it. */
export function reasonText(code: string): string {
  return Object.hasOwn(REASONS, code) ? REASONS[code as ReasonCode].text : code
}
