import { draft } from '@/lib/boundary/draft'
import { governedBy, standingOf } from '@/lib/boundary/read'
import { asBoundary } from '@/lib/boundary/subject'
import { digestText } from '@/lib/core/digest-text'
import { fault } from '@/lib/core/fault'
import type { JsonObject } from '@/lib/core/json'
import type { Db } from '@/lib/db/client'
import { attentionSetting } from '@/lib/decisions/read-attention'
import { approvedBehind, readUnrefused, type Unrefused } from '@/lib/decisions/read-unrefused'
import { readSaid } from '@/lib/decisions/said'
import { openPayloads } from '@/lib/ledger/open-many'
import type { Actor } from '@/lib/people/actor'
import { can } from '@/lib/people/permission'
import { narrowest, type Stays, STAYS, whyStays, widened } from './widen'

const DAY_MS = 86_400_000
const MOST_OPENED = 2_000
const OPENED_AT_ONCE = 250

/** A gate nobody refused: a candidate for widening (`stays` null), or why it stays one. */
export type WideningView = {
  days: number
  least: number
  gates: readonly (Unrefused & { stays: Stays | null; mayDraft: boolean; why: string | null })[]
}

/** Gates nobody refused in the time a ciso set, of agents whose record a person reads (C23). */
export async function readWidening(db: Db, actor: Actor, now: Date): Promise<WideningView> {
  const { widenDays: days, widenRequests: least } = await attentionSetting(db)
  const found = await readUnrefused(db, days, least, now)
  return {
    days,
    least,
    gates: found
      .filter(({ ownerId }) => can(actor, 'approval.read', { ownerId }).ok)
      .map((gate) => {
        const drafts = can(actor, 'boundary.draft', { ownerId: gate.ownerId })
        return {
          ...gate,
          stays: whyStays(gate.reasons, gate.class),
          mayDraft: drafts.ok,
          why: drafts.ok ? null : drafts.reason,
        }
      }),
  }
}

/**
 * Drafts the boundary of an agent in which what people always approved of one tool runs alone, under conditions as narrow as that past: what
 * differs from it still asks. It is a draft as any other: whoever signs it did not make it, and reads what it widens.
 * @throws Fault `wrong_state` saying why it is no candidate or cannot be written; `conflict` where a draft is open; `not_found`
 */
export async function draftWidening(
  db: Db,
  actor: Pick<Actor, 'id'>,
  { agent: slug, tool }: { agent: string; tool: string },
  now: Date,
): Promise<{ version: number }> {
  const refuse = (detail: string) => fault('wrong_state', { detail })
  const of = await governedBy(db, slug)
  if (of === null) throw fault('not_found', { detail: 'There is no such agent.' })
  const { widenDays: days, widenRequests: least } = await attentionSetting(db)
  const gate = (await readUnrefused(db, days, least, now)).find((one) => one.agentId === of.id && one.tool === tool)
  if (gate === undefined)
    throw refuse(`It was refused, or approved fewer than ${String(least)} times, in ${String(days)} days.`)
  const { inForce, draft: open, catalogue } = await standingOf(db, of)
  const document = inForce && asBoundary(inForce.document)
  if (!inForce || !document) throw refuse('No boundary of this agent is signed.')
  if (open !== null)
    throw fault('conflict', {
      detail: `Version ${String(open.version)} is open. It has to be signed, sent back or withdrawn first.`,
    })
  const known = catalogue.find(({ name }) => name === tool)
  const first = whyStays(gate.reasons, known?.class ?? null)
  if (first !== null) throw refuse(STAYS[first])
  const calls: JsonObject[] = []
  const ids = await approvedBehind(db, gate.gates, new Date(now.getTime() - days * DAY_MS), MOST_OPENED)
  for (let at = 0; at < ids.length; at += OPENED_AT_ONCE)
    for await (const { opened } of openPayloads(db, ids.slice(at, at + OPENED_AT_ONCE))) {
      if (opened.state !== 'open') continue // erased: what it was bounds nothing
      const said = readSaid(opened.payload)
      const stays = whyStays(said.reasons, known?.class ?? null)
      if (stays !== null) throw refuse(STAYS[stays])
      if (typeof said.arguments === 'object' && said.arguments !== null && !Array.isArray(said.arguments))
        calls.push(said.arguments as JsonObject)
    }
  if (calls.length < least)
    throw refuse(`The words of ${String(calls.length)} of them are left: too few to write a condition from.`)
  const condition = narrowest(calls)
  if (condition === null)
    throw refuse(
      'Its arguments hold what no condition made from the past bounds: lists, objects, or too many names. Write the condition by hand.',
    )
  const made = widened(inForce.source, document, tool, condition)
  if ('problem' in made) throw refuse(made.problem)
  const note = `People approved all ${String(gate.approved)} of these in ${String(days)} days. The condition is as narrow as ${String(calls.length)} of them.`
  const { version } = await draft(db, actor, of, { source: made.source, note, base: digestText(inForce.digest) }, now)
  return { version }
}
