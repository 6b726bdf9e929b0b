import { randomBytes } from 'node:crypto'
import { canonicalBytes } from '@/lib/core/canonical'
import { newId } from '@/lib/core/ids'
import type { JsonObject } from '@/lib/core/json'
import { db, transaction, type Db } from '@/lib/db/client'
import { append } from '@/lib/ledger/append'
import { ledger } from '@/lib/ledger/handle'
import { keyedHash } from '@/lib/ledger/payload'
import type { Sql } from '@/lib/ledger/sql'
import { keptOf, openRound, roundNamed, sealRound, type AskedBack, type Kept } from './round'
import { boundRounds, deleteRounds, insertRound, markTaken, roundById } from './store-rounds'

const DAY_MS = 86_400_000
/** As long as people may take to approve an answer; the end of its run ends it before. */
const ROUND_MS = 7 * DAY_MS
/** How many rounds of an agent wait to be gone on with; the oldest gives way. */
const MOST_OPEN = 256

/** A call as its client made it: what it goes on with has to be the same. */
export type Call = { tool: string; arguments: JsonObject }
type Upstream = { id: string; ownerId: string }

/** Why a `requestState` is not gone on with: closed; the label of the refusal's entry, and the code its agent is told. */
export const ROUND_REFUSALS = {
  continuation_unknown: 'This requestState was not given out here, or was changed.',
  continuation_foreign: 'This requestState was given to another agent, or for another server.',
  continuation_used: 'This requestState was answered already: it is good once.',
  continuation_expired: 'This requestState is over: it was not answered in time, or many were asked since.',
  continuation_changed: 'This requestState was given for a call with another tool, other arguments or in another run.',
} as const
export type RoundRefusal = keyof typeof ROUND_REFUSALS

/** A round that can be gone on with. */
export type OpenRound = { id: string; runId: string; actionId: string; kept: Kept }

/**
 * Records, in the caller's transaction and beside the outcome of the action whose result it is, that a server asked back (`action.asked_back`).
 * @param edited what was forwarded, where a person had edited the arguments of the call
 * @returns what its client is given as `requestState`
 */
export async function keepRound(
  tx: Db,
  action: { id: string; agentId: string; runId: string },
  upstream: Upstream,
  call: Call,
  asked: AskedBack,
  edited: JsonObject | null,
  now: Date,
): Promise<string> {
  const round = { id: newId(), agentId: action.agentId, upstreamId: upstream.id }
  const expiresAt = new Date(now.getTime() + ROUND_MS)
  const about = { runId: action.runId, actionId: action.id, call: hashOf(call) }
  await insertRound(tx, { ...round, ...about, askedAt: now, expiresAt })
  await boundRounds(tx, action.agentId, MOST_OPEN, now)
  await append(tx, {
    kind: 'action.asked_back',
    actor: 'system',
    agent: action.agentId,
    owner: upstream.ownerId,
    run: action.runId,
    action: action.id,
    about: { upstream: upstream.id },
    labels: [...asked.kinds],
  })
  const kept = { state: asked.state, asked: keptOf(asked.requests), edited }
  return sealRound(round, kept, ledger().keys.payload, randomBytes(12))
}

/**
 * The round a `requestState` belongs to, if this agent may go on with it by this call.
 * @param runId the run its harness names, as a bare UUID; null where it names none
 */
export async function findRound(
  sql: Sql,
  agentId: string,
  upstreamId: string,
  state: string,
  call: Call,
  runId: string | null,
  now: Date,
): Promise<OpenRound | RoundRefusal> {
  const id = roundNamed(state)
  const row = id === null ? null : await roundById(sql, id)
  if (row === null) return 'continuation_unknown'
  if (row.agentId !== agentId || row.upstreamId !== upstreamId) return 'continuation_foreign'
  const kept = openRound(row, state, ledger().keys.payload)
  if (kept === null) return 'continuation_unknown'
  if (row.takenBy !== null) return 'continuation_used'
  if (row.expiresAt <= now) return 'continuation_expired'
  if (!row.call.equals(hashOf(call)) || (runId !== null && runId !== row.runId)) return 'continuation_changed'
  return { id: row.id, runId: row.runId, actionId: row.actionId, kept }
}

/**
 * Takes a round for the action that goes on with it, right before that is forwarded (`action.continued`): of two requests with one state, one
 * is, on whatever replica.
 * @returns false where another took it, or its time is over
 */
export function takeRound(
  action: { id: string; agentId: string; runId: string },
  upstream: Upstream,
  round: Pick<OpenRound, 'id' | 'actionId'>,
  now: Date,
): Promise<boolean> {
  return transaction(async (tx) => {
    if (!(await markTaken(tx, round.id, action.id, now))) return false
    await append(tx, {
      kind: 'action.continued',
      actor: 'system',
      agent: action.agentId,
      owner: upstream.ownerId,
      run: action.runId,
      action: action.id,
      about: { upstream: upstream.id, entry: round.actionId },
    })
    return true
  })
}

/** Forgets rounds that were over a day ago; what happened in them stays in the ledger. */
export function forgetRounds(now: Date): Promise<void> {
  return deleteRounds(db(), new Date(now.getTime() - DAY_MS))
}

const hashOf = ({ tool, arguments: args }: Call): Buffer =>
  keyedHash(ledger().keys.commitment, 'mcp-round', canonicalBytes({ v: 1, tool, arguments: args }))
