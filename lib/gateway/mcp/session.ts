import { timingSafeEqual } from 'node:crypto'
import { ledger } from '@/lib/ledger/handle'
import { keyedHash } from '@/lib/ledger/payload'

/**
 * The session id of an upstream as its agent gets it: with a keyed hash of agent and upstream, so that one agent's session is no other's, and
 * no state of ours is needed to know (MCP 2025-11-25, "Session Hijacking").
 */
export function wrapSession(agentId: string, upstreamId: string, session: string): string {
  const bare = Buffer.from(session, 'utf8').toString('base64url')
  return `${bare}.${macOf(agentId, upstreamId, bare)}`
}

/** The upstream's session id of one that was given out; null for another agent's, another upstream's, or an invented one. */
export function unwrapSession(agentId: string, upstreamId: string, given: string): string | null {
  const [bare = '', mac = ''] = given.split('.', 2)
  const own = Buffer.from(macOf(agentId, upstreamId, bare))
  const theirs = Buffer.from(mac)
  if (given.length > 2_048 || own.length !== theirs.length || !timingSafeEqual(own, theirs)) return null
  return Buffer.from(bare, 'base64url').toString('utf8')
}

function macOf(agentId: string, upstreamId: string, bare: string): string {
  const bytes = Buffer.from(`${agentId} ${upstreamId} ${bare}`)
  return keyedHash(ledger().keys.commitment, 'mcp-session', bytes).subarray(0, 16).toString('base64url')
}
