import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { parseVkey, type NoteVerifier } from '@/lib/ledger/note'
import { followSuccession } from '@/lib/ledger/succession'
import { ask, Unreachable, type Log } from './ask'
import { writeWhole } from './copies'

/** The log as this folder knows it: the keys it has signed with, the last of which signs now. */
export interface KnownLog {
  verifiers: NoteVerifier[]
  /** How the first was come by, for whoever reads along. */
  trust: 'given' | 'kept' | 'first_use'
}

const file = (folder: string) => path.join(folder, 'vkeys')

/**
 * The log's key: the one that was given, else the one this folder kept, else what the log itself says, this once (trust on first use).
 * @throws Error when what was given is no verifier key or another than the folder's; Unreachable when the log says none
 */
export async function knowLog(folder: string, given: string | undefined, log: Log): Promise<KnownLog> {
  const wanted = given === undefined ? null : readVkey(given)
  if (existsSync(file(folder))) {
    const verifiers = readFileSync(file(folder), 'utf8').trim().split('\n').map(readVkey)
    if (wanted && !verifiers.some(({ keyId, name }) => name === wanted.name && keyId.equals(wanted.keyId)))
      throw new Error(`this folder keeps the log ${verifiers[0]?.name ?? ''} under another key than the given one`)
    return { verifiers, trust: 'kept' }
  }
  const vkey = given ?? (await ask(log, '/log/vkey'))?.split('\n')[0]
  if (vkey === undefined) throw new Unreachable(`${log.url} says no key`)
  const verifier = readVkey(vkey)
  writeWhole(file(folder), `${vkey}\n`)
  return { verifiers: [verifier], trust: given === undefined ? 'first_use' : 'given' }
}

/**
 * Follows the log to the key that signs now, when the last known one has signed for it. A successor under another name says that the
 * log lost entries: it is answered and not taken, since a person has to judge that.
 */
export async function followKeys(folder: string, known: KnownLog, log: Log): Promise<{ continuedAs: string | null }> {
  const answer = await ask(log, '/log/keys')
  const notes = answer === null ? [] : notesIn(answer)
  for (;;) {
    const last = known.verifiers.at(-1)
    const next = last && notes.map((note) => followSuccession(note, last)).find((found) => found !== null)
    if (!last || !next) return { continuedAs: null }
    if (next.verifier.name !== last.name) return { continuedAs: next.verifier.name }
    known.verifiers.push(next.verifier)
    writeWhole(file(folder), `${readFileSync(file(folder), 'utf8')}${next.vkey}\n`)
  }
}

function notesIn(text: string): string[] {
  try {
    const { successions } = JSON.parse(text) as { successions?: unknown }
    return Array.isArray(successions) ? successions.filter((note) => typeof note === 'string') : []
  } catch {
    return []
  }
}

function readVkey(text: string): NoteVerifier {
  const verifier = parseVkey(text)
  if (!verifier) throw new Error('that is not a verifier key (name+8 hex digits+base64)')
  return verifier
}
