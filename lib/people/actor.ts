import type { Absent } from './delegation'
import type { Role } from './role'

/**
 * Who is asking, as read from the database for this one request: never from a cookie, never from a cache. `via` says how
 * they proved it; a token of theirs only reads.
 */
export type Actor = {
  /** bare UUID of the person; also their pseudonymous id in the ledger */
  readonly id: string
  readonly name: string
  readonly email: string
  readonly roles: readonly Role[]
  readonly teamId: string | null
  /** the name of their team */
  readonly team: string | null
  readonly onCall: boolean
  /** who is away and named them as delegate, now (ADR 0032) */
  readonly standsInFor?: readonly Absent[]
  readonly deactivated: boolean
  readonly readOnly: boolean
  /** their token was made for drafting boundaries too */
  readonly drafts?: boolean
  /** their token was made for engaging halts, and does nothing else */
  readonly halts?: boolean
  /** they came over a command line they logged in (ADR 0055) */
  readonly commandLine?: boolean
  readonly via: { readonly kind: 'session' | 'token' | 'command_line'; readonly id: string }
}
