import { idTime } from '@/lib/core/ids'
import type { Entry } from '@/lib/ledger/entry'
import { payloadClass } from '@/lib/ledger/payload-class'

/** What entries say was forgotten on purpose: single payloads, the keys of subjects, and classes up to a time. */
export interface Forgotten {
  entries: ReadonlySet<string>
  subjectKeys: ReadonlySet<string>
  /** By class: half-open ranges of time, in milliseconds. */
  expired: ReadonlyMap<string, readonly { from: number; until: number }[]>
}

/** Reads it from the entries that say so; what is not an entry says nothing. Pure. */
export function forgottenBy(said: readonly (Entry | null)[]): Forgotten {
  const entries = new Set<string>()
  const subjectKeys = new Set<string>()
  const expired = new Map<string, { from: number; until: number }[]>()
  for (const entry of said) {
    if (entry?.kind === 'payload.erased') {
      if (entry.about?.entry) entries.add(entry.about.entry)
      if (entry.about?.subject) subjectKeys.add(entry.about.subject)
    }
    if (entry?.kind === 'retention.applied' && entry.retention) {
      const { class: of, from, until } = entry.retention
      // Nobody can say today that what comes tomorrow has expired.
      const end = Math.min(Date.parse(until), idTime(entry.id))
      expired.set(of, [...(expired.get(of) ?? []), { from: Date.parse(from), until: end }])
    }
  }
  return { entries, subjectKeys, expired }
}

/** Whether a payload is gone because it expired: its class was let go up to a time after the entry was made. Pure. */
export function isExpired({ expired }: Forgotten, entry: Entry): boolean {
  const made = idTime(entry.id)
  return expired.get(payloadClass(entry))?.some(({ from, until }) => made >= from && made < until) ?? false
}

/**
 * Whether some entry accounts for a payload that cannot be read any more. Pure.
 * @param keyId the key that a payload which is still there was sealed under; null when the payload itself is gone
 */
export function isForgotten(forgotten: Forgotten, entry: Entry, keyId: string | null): boolean {
  if (keyId !== null) return forgotten.subjectKeys.has(keyId) || forgotten.entries.has(entry.id)
  return forgotten.entries.has(entry.id) || isExpired(forgotten, entry)
}
