/** What providers may say of a person that contains their agents: CAEP 1.0 §3.1, §3.3 and RISC 1.0 §2.3, by the URI of the event. */
export const CONTAINING = {
  'https://schemas.openid.net/secevent/caep/event-type/session-revoked': 'session_revoked',
  'https://schemas.openid.net/secevent/caep/event-type/credential-change': 'credential_change',
  'https://schemas.openid.net/secevent/risc/event-type/account-disabled': 'account_disabled',
} as const
/** Sent to see whether somebody listens (SSF 1.0 §8.1.4.1). */
export const VERIFICATION = 'https://schemas.openid.net/secevent/ssf/event-type/verification'

export type ContainingKind = (typeof CONTAINING)[keyof typeof CONTAINING]
export type SecurityEventKind = ContainingKind | 'verification' | 'ignored'

/** Whom an event is about, as we look for them: by address, or by what the provider calls them. */
export type EventSubject = { email: string } | { iss: string; sub: string }

/** An event read: `subjects` are several names of one person. */
export type ReadEvent = { kind: SecurityEventKind; subjects: EventSubject[] }

/** How old an event may be, and how far in the future its clock, in seconds: what is older is not heard, so that nothing is replayed for ever. */
export const OLDEST_SECONDS = 24 * 3_600
export const AHEAD_SECONDS = 60

/** Whether the moment an event was issued is one we hear. @param iat seconds since 1970 */
export function isHeardAt(iat: number, now: Date): boolean {
  const age = Math.floor(now.getTime() / 1_000) - iat
  return age <= OLDEST_SECONDS && age >= -AHEAD_SECONDS
}

type Json = Readonly<Record<string, unknown>>

/**
 * Reads the claims of a Security Event Token (RFC 8417 §2.2) whose signature holds. Types we do not act on are `ignored`, as the framework asks
 * of receivers. Null where it says nothing (`events` is missing, empty or no object).
 */
export function readSecurityEvent(claims: Json): ReadEvent | null {
  const { events } = claims
  if (!isObject(events) || Object.keys(events).length === 0) return null
  for (const [uri, kind] of Object.entries(CONTAINING)) {
    if (!Object.hasOwn(events, uri)) continue
    const own = events[uri]
    // before `sub_id` (SSF 1.0) providers wrote the subject into the event
    const subject = claims.sub_id ?? (isObject(own) ? own.subject : undefined)
    return { kind, subjects: subjectsOf(subject) }
  }
  return { kind: Object.hasOwn(events, VERIFICATION) ? 'verification' : 'ignored', subjects: [] }
}

/** The people a subject identifier may name (RFC 9493 §3; `complex` of SSF 1.0 §3.2): of a complex one the user. Pure; unknown formats name nobody. */
export function subjectsOf(subject: unknown): EventSubject[] {
  if (!isObject(subject)) return []
  const { format, email, iss, sub, user, identifiers } = subject
  switch (format) {
    case 'email':
      return typeof email === 'string' && email !== '' ? [{ email: email.trim().toLowerCase() }] : []
    case 'iss_sub':
      return typeof iss === 'string' && typeof sub === 'string' && sub !== '' ? [{ iss, sub }] : []
    case 'aliases':
      return Array.isArray(identifiers)
        ? identifiers.slice(0, 20).flatMap((one) => (isObject(one) && one.format !== 'aliases' ? subjectsOf(one) : []))
        : []
    case 'complex':
      return isObject(user) && user.format !== 'complex' ? subjectsOf(user) : []
    default:
      return []
  }
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The errors of RFC 8935 §2.4, a closed list. */
export const SET_ERRORS = [
  'invalid_request',
  'invalid_key',
  'invalid_issuer',
  'invalid_audience',
  'authentication_failed',
  'access_denied',
] as const
export type SetError = (typeof SET_ERRORS)[number]
