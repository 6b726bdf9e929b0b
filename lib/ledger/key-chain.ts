import { openCheckpoint, type Checkpoint } from '@/lib/ledger/checkpoint'
import type { Entry } from '@/lib/ledger/entry'
import { vkeyOfVerifier, type NoteVerifier } from '@/lib/ledger/note'
import { openSuccession } from '@/lib/ledger/succession'

/** One key of the log, and the sizes whose checkpoints it signs: from the first that holds the entry that named it. */
export interface KeyRange {
  vkey: string
  verifier: NoteVerifier
  /** The smallest size it signs. */
  from: number
  /** The largest; null: it still signs. */
  until: number | null
  /** What was lost when the log went on under another name: sizes up to this one were signed, and are known to be gone. */
  lostUpTo: number
}

export interface KeyChain {
  keys: readonly KeyRange[]
  /** The entries that say so: an entry of their kinds that is none of these was slipped in. */
  entries: ReadonlySet<string>
}

/** A succession as it is stored: the entry (null when its bytes are none), and its index once it has one. */
export interface StoredSuccession {
  entryId: string
  index: number | null
  entry: Entry | null
}

/**
 * The keys of the log in their order, from one that is known: every link carries the signatures of both its keys. Null when a
 * link does not hold, or the known key is none of them.
 */
export function keyChain(known: NoteVerifier, successions: readonly StoredSuccession[]): KeyChain | null {
  const keys: KeyRange[] = []
  for (const { entryId, index, entry } of successions) {
    const opened = entry?.id === entryId ? openSuccession(entry) : null
    if (!opened || !entry) return null
    const before = keys.at(-1)
    if (before && before.vkey !== opened.oldVkey) return null
    const last = before ?? { vkey: opened.oldVkey, verifier: opened.old, from: 0, until: null, lostUpTo: 0 }
    keys.splice(-1, 1, { ...last, until: index, lostUpTo: opened.lost?.size ?? 0 })
    // Until the entry has its index, nothing may be signed with the new key.
    const from = index === null ? Number.POSITIVE_INFINITY : index + 1
    keys.push({ vkey: opened.newVkey, verifier: opened.new, from, until: null, lostUpTo: 0 })
  }
  if (keys.length === 0) keys.push({ vkey: vkeyOfVerifier(known), verifier: known, from: 0, until: null, lostUpTo: 0 })
  const isKnown = keys.some(({ vkey }) => vkey === vkeyOfVerifier(known))
  return isKnown ? { keys, entries: new Set(successions.map(({ entryId }) => entryId)) } : null
}

/**
 * A checkpoint judged by the key that signed it and the sizes that key signs. `lost`: it was signed under an earlier name,
 * over entries the log is known to have lost. Null: no key of the log may have signed it.
 */
export function openUnderChain(note: string, chain: KeyChain): (Checkpoint & { lost: boolean }) | null {
  for (const { verifier, from, until, lostUpTo } of chain.keys) {
    const opened = openCheckpoint(note, verifier)
    if (!opened.ok) {
      if (opened.reason === 'bad_signature') return null
      continue
    }
    const { origin, size, root } = opened
    if (size < from) return null
    if (until === null || size <= until) return { origin, size, root, lost: false }
    return size <= lostUpTo ? { origin, size, root, lost: true } : null
  }
  return null
}

/** The key that signs now. */
export function currentKey(chain: KeyChain): KeyRange {
  const last = chain.keys.at(-1)
  if (!last) throw new RangeError('a log has a key')
  return last
}

/** Every key under the name the log has now: those whose checkpoints are of the log as it is. */
export function keysOfOrigin(chain: KeyChain): NoteVerifier[] {
  const { name } = currentKey(chain).verifier
  return chain.keys.map(({ verifier }) => verifier).filter((verifier) => verifier.name === name)
}
