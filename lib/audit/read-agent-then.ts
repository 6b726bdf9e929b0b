import { idTime, uuidv7 } from '@/lib/core/ids'
import type { Sql } from '@/lib/ledger/sql'
import { readOwnershipAt, type OwnershipThen } from './read-ownership'
import { lastOfAgent } from './store-ownership'

/** An agent as of a moment of the record: who answered for it, its state, its signed boundary, each with the entry that says so. */
export type AgentThen = OwnershipThen & {
  /** ISO 8601 */
  at: string
  /** null: it was not registered yet, or the log does not say */
  state: { word: string; index: number | null; at: string } | null
  boundary: { version: number; index: number | null; at: string } | null
}

const STATES: Readonly<Record<string, string>> = {
  'agent.registered': 'registered, not active yet',
  'agent.activated': 'active',
  'agent.suspended': 'suspended',
  'agent.resumed': 'active',
  'agent.retired': 'retired',
}
const LATEST = new Uint8Array(10).fill(255)

/** The middle of the two hops (C06): the agent as of then, from the ledger alone. */
export async function readAgentThen(sql: Sql, agentId: string, moment: Date): Promise<AgentThen> {
  const at = moment.toISOString()
  const until = uuidv7(moment.getTime(), LATEST)
  const [ownership, [state], [boundary]] = await Promise.all([
    readOwnershipAt(sql, agentId, { index: null, at }),
    lastOfAgent(sql, agentId, Object.keys(STATES), until),
    lastOfAgent(sql, agentId, ['boundary.signed', 'boundary.tightened'], until),
  ])
  const placeOf = ({ id, idx }: { id: string; idx: string | null }) => ({
    index: idx === null ? null : Number(idx),
    at: new Date(idTime(id)).toISOString(),
  })
  return {
    ...ownership,
    at,
    state: state ? { word: STATES[state.kind] ?? 'unknown', ...placeOf(state) } : null,
    boundary: boundary && boundary.version !== null ? { version: boundary.version, ...placeOf(boundary) } : null,
  }
}
