import { canonicalBytes, sha256 } from '@/lib/core/canonical'
import type { JsonObject } from '@/lib/core/json'

/**
 * What a passkey can be asked to put a person's name to. Closed: an answer to one is never an answer to another. The kinds beside
 * passkeys themselves belong to rooms to the right, which say what stands in theirs.
 */
export const STATEMENT_KINDS = [
  'boundary.sign',
  'baseline.sign',
  'approval.answer',
  'verdicts.govern',
  'passkey.add',
  'passkey.remove',
] as const
export type StatementKind = (typeof STATEMENT_KINDS)[number]

/** How long a challenge can be answered: as long as somebody takes to find their key and touch it. */
export const CHALLENGE_MS = 5 * 60_000

/** What is signed, as whoever asks for it says it. `words` is what the person is shown: it is signed with the rest. */
export type Said = JsonObject & {
  what: StatementKind
  /** the row it is about, where there is one */
  subject: string | null
  /** `sha256:…` of the document or the action it is about */
  digest: string | null
  words: string
}

/** A statement whole. `at` is RFC 3339 in UTC with milliseconds; `nonce` is 32 hexadecimal digits, so that no two are alike. */
export type Statement = Said & { v: 1; person: string; at: string; nonce: string }

/** Makes a statement of what is said. @param nonce 16 random bytes */
export function statementOf(said: Said, person: string, now: Date, nonce: Uint8Array): Statement {
  return { ...said, v: 1, person, at: now.toISOString(), nonce: Buffer.from(nonce).toString('hex') }
}

/**
 * The challenge the authenticator signs over (WebAuthn §13.4.3): the SHA-256 of the statement's RFC 8785 form, 32 bytes. Whoever
 * holds the statement computes it again, so an assertion over it says what was signed, by whom and when.
 */
export function challengeOf(statement: Statement): Buffer {
  return sha256(canonicalBytes(statement))
}

/** The relying party of an address (WebAuthn §5.1.2): its host name. Null where that is an address of digits: no passkey is for one. */
export function relyingPartyOf(publicUrl: string): { id: string; origin: string } | null {
  const { hostname, origin } = new URL(publicUrl)
  const isAddress = /^[\d.]+$/.test(hostname) || hostname.startsWith('[')
  return isAddress ? null : { id: hostname, origin }
}
