import { randomBytes } from 'node:crypto'
import type pg from 'pg'
import { answererOf } from '@/lib/approvals/read'
import { SEAT_REFUSALS } from '@/lib/approvals/seat'
import { tellApproval } from '@/lib/approvals/tell'
import { mayVote } from '@/lib/approvals/vote'
import { canonicalBytes } from '@/lib/core/canonical'
import { digestText } from '@/lib/core/digest-text'
import { fault, isFault } from '@/lib/core/fault'
import { newId } from '@/lib/core/ids'
import { type JsonObject, parseJson } from '@/lib/core/json'
import { transaction } from '@/lib/db/client'
import type { Db } from '@/lib/db/client'
import { aboutAction } from '@/lib/decisions/answer'
import { askedAction } from '@/lib/decisions/asked-action'
import { actionDigest } from '@/lib/decisions/digest'
import { editPlanted } from '@/lib/decisions/edit-planted'
import { digested, type ActionPayload, type EditPayload } from '@/lib/decisions/item'
import { lookAgain, type Asked } from '@/lib/decisions/look-again'
import { payloadOf } from '@/lib/decisions/read-own'
import { findAction, lockAction, moveDigest, type ActionRow } from '@/lib/decisions/store-actions'
import { append } from '@/lib/ledger/append'
import { openPayload } from '@/lib/ledger/open'
import type { Actor } from '@/lib/people/actor'

/** Other arguments for a held action, in place of those somebody saw. */
export type Edit = {
  approvalId: string
  actor: Actor
  /** of what they saw */
  digest: Buffer
  /** JSON */
  text: string
  now: Date
}

const LIMITS = { maxBytes: 262_144, maxDepth: 64 }

/**
 * Edits the arguments of a held action (C22): the edited ones are a new digest, which every verdict is on from then, and which the agent gets its
 * grant for. The gate looks at them first: an edit that would be forbidden, or held by anything that was not put before the approvers, is
 * refused with what it said, of a test request in the same words. What was asked for stays recorded, and editing it back restores its digest. Whoever edits has yet to answer.
 * @throws Fault `not_found`, `frozen`, `wrong_state`, `digest_mismatch`, `not_permitted`, `separation_of_duties`, and naming `arguments`:
 *   `invalid_json`, `invalid_request`
 */
export async function editAction(connections: pg.Pool, db: Db, edit: Edit): Promise<{ digest: string }> {
  const { approvalId, actor, now } = edit
  const args = argumentsOf(edit.text)
  const seen = await askedAction(db, approvalId, findAction, now)
  await mayEdit(db, edit, seen)
  const asked = await askedFor(connections, seen.id)
  const payload = seen.planted === true ? asked : await payloadOf(connections, seen)
  if (asked === null || payload === null) throw fault('wrong_state', { detail: 'What was asked was erased since.' })
  const back = canonicalBytes(args).equals(canonicalBytes(asked.arguments))
  if (!back) await refuseStricter(connections, seen, asked, args)
  return transaction(async (tx) => {
    // a test request (ADR 0035): nothing stands behind it that could be edited, so changing it is an answer to it
    if (seen.planted === true) return back ? { digest: digestText(edit.digest) } : editPlanted(tx, edit, args, asked)
    const action = await askedAction(tx, approvalId, lockAction, now)
    await mayEdit(tx, edit, action)
    const salt = back ? asked.salt : randomBytes(16).toString('base64url')
    const whole = digested(
      action.agent_id,
      asked.tool,
      action.run_id,
      {
        tool: asked.tool,
        arguments: args,
        resource: asked.resource ?? undefined,
        on_behalf_of: asked.requester ? { type: asked.requester.type, id: asked.requester.id } : undefined,
        attributes: asked.attributes,
      },
      action.boundary_digest,
    )
    const digest = actionDigest(whole, salt)
    const id = newId(now.getTime())
    const kept: EditPayload = {
      arguments: args,
      salt,
      digest: digestText(digest),
      before: digestText(Buffer.from(action.digest)),
    }
    await append(tx, {
      id,
      kind: 'approval.edited',
      actor: `person:${actor.id}`,
      ...aboutAction(action),
      under: action.id,
      ...(back && { labels: ['as_asked'] }),
      payload: kept,
    })
    await moveDigest(tx, action.id, approvalId, digest, back ? null : id)
    await tellApproval(tx, approvalId)
    return { digest: digestText(digest) }
  })
}

/** Whoever could approve it may edit it, as long as nobody has answered. */
async function mayEdit(db: Db, { approvalId, actor, digest, now }: Edit, action: ActionRow): Promise<void> {
  const person = { ...answererOf(actor), name: actor.name }
  const approval = await mayVote(db, { approvalId, person, answer: 'approve', reason: 'an edit', digest, now })
  if (approval.seats === 1 && action.owner_id === actor.id)
    throw fault('separation_of_duties', { detail: SEAT_REFUSALS.owner_alone })
  const given = await db.verdict.count({ where: { approvalId } })
  if (given > 0)
    throw fault('wrong_state', {
      detail: 'Somebody has approved it as it stands. Reject it, or ask its agent for another.',
    })
}

/** What the agent asked for, whatever was edited since. */
async function askedFor(connections: pg.Pool, actionId: string): Promise<ActionPayload | null> {
  const opened = await openPayload(connections, actionId)
  return opened?.state === 'open' ? (opened.payload as ActionPayload) : null
}

/** Asks the gate of an edit before anybody is asked. @throws Fault `wrong_state`, and `invalid_request` naming `arguments` */
async function refuseStricter(
  connections: pg.Pool,
  action: Pick<ActionRow, 'agent_id' | 'run_id'>,
  asked: Asked,
  args: JsonObject,
): Promise<void> {
  const looked = await lookAgain(connections, { agentId: action.agent_id, runId: action.run_id }, asked, {
    arguments: args,
  })
  if (looked === null)
    throw fault('wrong_state', { detail: 'Its agent cannot act now, so nothing it asked for can be edited.' })
  const { evaluation, more, named } = looked
  if (named !== undefined)
    throw fault('invalid_request', {
      field: 'arguments',
      detail: `Edited so, it would be about ${named.type} ${named.name}, which is protected and which nobody was asked about. Reject it, and say what its agent should ask for.`,
    })
  if (evaluation.decision === 'allow' || (evaluation.decision === 'hold' && more.length === 0)) return
  const why = (evaluation.decision === 'hold' ? more : evaluation.reasons).map(({ text }) => text)
  throw fault('invalid_request', {
    field: 'arguments',
    detail: `Edited so, it would be ${evaluation.decision === 'hold' ? 'held for more than you were asked about' : 'forbidden'}: ${[...new Set(why)].join(' ')} Reject it, and say what its agent should ask for.`,
  })
}

/** @throws Fault naming `arguments` */
function argumentsOf(text: string): JsonObject {
  try {
    const value = parseJson(text, LIMITS)
    if (value !== null && typeof value === 'object' && !Array.isArray(value)) return value
  } catch (error) {
    if (!isFault(error)) throw error
    throw fault('invalid_json', {
      field: 'arguments',
      detail: `${error.message}${error.field === undefined ? '' : ` At ${error.field}.`}`,
    })
  }
  throw fault('invalid_request', { field: 'arguments', detail: 'The arguments are a JSON object.' })
}
