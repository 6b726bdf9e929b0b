import { canonicalBytes, sha256 } from '@/lib/core/canonical'
import { digestText } from '@/lib/core/digest-text'
import type { JsonValue } from '@/lib/core/json'

/** One change of a protected resource that an agent proposed, as far as it matters to what may be in force. */
export type Change = {
  /** `act_…` */
  action: string
  /** Of the content that was proposed; null where the action did not carry it, or its payload is gone. */
  digest: string | null
  why: 'present' | 'absent' | 'erased' | 'sensitive'
  /** A person approved it, or the gate let it through before the resource was protected. */
  approvedAt: string | null
  status: string
  /** When the agent reported that it succeeded. */
  doneAt: string | null
}

/** What the reporter last said is in force. */
export type Reported = { digest: string; at: string; entry: string }

export type Standing = {
  state: 'matches' | 'differs' | 'unknown'
  /** Why, in a sentence. */
  says: string
  /** The change whose content is in force, where one is known. */
  action: string | null
}

/**
 * The digest of new content as an action carries it: SHA-256 of the UTF-8 bytes of a text, and of the RFC 8785 form of anything
 * else. It is taken from exactly what a person approved, so nobody's word is needed for it. Null where the argument is absent.
 * @param at the name of the argument
 */
export function contentDigest(args: unknown, at: string): string | null {
  if (typeof args !== 'object' || args === null || Array.isArray(args) || !Object.hasOwn(args, at)) return null
  const content = (args as Record<string, JsonValue>)[at] ?? null
  return digestText(sha256(typeof content === 'string' ? Buffer.from(content, 'utf8') : canonicalBytes(content)))
}

const DONE = 'succeeded'
const UNDER_WAY = new Set(['approved', 'claimed', 'allowed', 'unknown'])

/**
 * Whether the version in force is the one that was approved (C21): what the reporter says is compared with the content of the last
 * approved change that was carried out, or with what stood when the resource was marked.
 * @param changes newest first
 * @param adopted the digest a person named when they marked it
 */
export function standingOf(reported: Reported | null, changes: readonly Change[], adopted: string | null): Standing {
  const unknown = (says: string): Standing => ({ state: 'unknown', says, action: null })
  if (reported === null) return unknown('Nobody has reported which version is in force.')
  const approved = changes.filter(({ approvedAt }) => approvedAt !== null)
  const last = approved.find(({ status }) => status === DONE) ?? null
  const same = changes.find(({ digest }) => digest === reported.digest) ?? null
  const expected = last === null ? adopted : last.digest
  if (expected === reported.digest)
    return last === null
      ? {
          state: 'matches',
          says: 'It is the version that stood when it was marked; no approved change was carried out since.',
          action: null,
        }
      : { state: 'matches', says: 'It is the version a person approved last.', action: last.action }
  if (same !== null && same.approvedAt !== null && UNDER_WAY.has(same.status))
    return {
      state: 'matches',
      says: 'It is an approved version whose outcome has not been reported yet.',
      action: same.action,
    }
  if (same !== null && same.approvedAt !== null && same.status !== DONE)
    return {
      state: 'differs',
      says: 'It is an approved version whose change did not succeed, by the agent’s own account.',
      action: same.action,
    }
  if (same !== null && same.approvedAt === null)
    return {
      state: 'differs',
      says: 'It is a version that was proposed and that nobody approved.',
      action: same.action,
    }
  if (last !== null && last.doneAt !== null && reported.at < last.doneAt)
    return unknown('The last report is older than the last approved change.')
  if (expected === null) return unknown(last === null ? NOTHING : WHY_NOT[last.why])
  if (same !== null)
    return {
      state: 'differs',
      says: 'It is a version that was approved once, and that a later approved change replaced.',
      action: same.action,
    }
  if (reported.digest === adopted)
    return {
      state: 'differs',
      says: 'It is the version that stood when it was marked, which an approved change replaced since.',
      action: null,
    }
  return {
    state: 'differs',
    says: 'No change recorded here carries it: it was changed without an approved action.',
    action: null,
  }
}

const NOTHING = 'No approved change was carried out, and nobody said which version stood when it was marked.'
const WHY_NOT: Readonly<Record<Change['why'], string>> = {
  present: 'The last approved change cannot be compared.',
  absent: 'The last approved change does not carry the new content, so there is nothing to compare with.',
  erased: 'What the last approved change carried was erased, so there is nothing to compare with.',
  sensitive: 'What the last approved change carried is sensitive and stays closed here, so it is not compared.',
}
