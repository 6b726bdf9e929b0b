/**
 * A hook token: what a session of Claude Code is given at its start (ADR 0045). Opaque, 256 random bits, kept as its SHA-256 like the secret
 * of a credential; good for the address of the hooks alone.
 */
export const HOOK_TOKEN_PREFIX = 'cs_hook_'
export const HOOK_TOKEN = /^cs_hook_[0-9A-Za-z_-]{43}$/

/** The longest a hook token lives, and what it lives when nothing is said, in hours. */
export const LONGEST_HOOK_TOKEN_HOURS = 24
export const HOOK_TOKEN_HOURS = 12

/** Hook tokens of one agent that live at the same time: more than it has sessions, too few to hide one among. */
export const MOST_HOOK_TOKENS = 200

/** A hook token from 32 random bytes. */
export function hookTokenFrom(random: Uint8Array): string {
  if (random.length < 32) throw new RangeError('a hook token takes 32 random bytes')
  return HOOK_TOKEN_PREFIX + Buffer.from(random.subarray(0, 32)).toString('base64url')
}

export type HookTokenState = 'live' | 'expired' | 'revoked'

/** Where a hook token stands at a moment. */
export function hookTokenState(times: { expiresAt: Date; revokedAt: Date | null }, now: Date): HookTokenState {
  if (times.revokedAt !== null) return 'revoked'
  return times.expiresAt <= now ? 'expired' : 'live'
}
