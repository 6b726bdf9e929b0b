import { SignJWT } from 'jose'
import { publicId } from '@/lib/core/ids'
import type { Covered } from '@/lib/halt/read-covered'
import type { SignalKey } from './signal-key'

const SESSION_REVOKED = 'https://schemas.openid.net/secevent/caep/event-type/session-revoked'
const VERIFICATION = 'https://schemas.openid.net/secevent/ssf/event-type/verification'

/** The claims of a Security Event Token but for who says it, to whom and when. */
export type SecurityEvent = { jti: string; txn?: string; sub_id: object; events: Record<string, object> }

/**
 * That an agent's session is over (CAEP 1.0 §3.1): its subject is what access tokens of this issuer name. The same halt and agent make the same
 * `jti`, so that a receiver that is told twice knows it; another one where the agent was let go and is halted again. No person's words leave: the
 * reason says the scope alone.
 */
export function sessionRevoked(
  halt: Covered,
  { id, stop, at }: Covered['agents'][number],
  issuer: string,
): SecurityEvent {
  const agent = { format: 'iss_sub', iss: issuer, sub: publicId('agent', id) }
  return {
    jti: `${halt.id}.${publicId('agent', id)}${stop === 0 ? '' : `.${String(stop)}`}`,
    txn: halt.id,
    sub_id: halt.run === null ? agent : { format: 'complex', user: agent, session: { format: 'opaque', id: halt.run } },
    events: {
      [SESSION_REVOKED]: {
        event_timestamp: Math.floor(at.getTime() / 1_000),
        initiating_entity: halt.byPerson ? 'admin' : 'policy',
        reason_admin: { en: `A halt was engaged ${stop === 0 ? '' : 'again '}(${halt.scope}).` },
      },
    },
  }
}

/** To see whether the receiver listens (SSF 1.0 §8.1.4.1). @param state what it is asked to recognise */
export function verification(streamId: string, state: string): SecurityEvent {
  return {
    jti: state,
    sub_id: { format: 'opaque', id: publicId('stream', streamId) },
    events: { [VERIFICATION]: { state } },
  }
}

/** Signs one (RFC 8417 §2.3: explicitly typed). @param now seconds since 1970 */
export function signSecurityEvent(
  key: SignalKey,
  event: SecurityEvent,
  { issuer, audience, now }: { issuer: string; audience: string; now: number },
): Promise<string> {
  return new SignJWT({ ...event })
    .setProtectedHeader({ alg: 'RS256', typ: 'secevent+jwt', kid: key.kid })
    .setIssuer(issuer)
    .setAudience(audience)
    .setIssuedAt(now)
    .sign(key.privateKey)
}
