import { setTimeout as sleep } from 'node:timers/promises'
import { checkpointText, openCheckpoint, parseCheckpoint, type OpenedCheckpoint } from '@/lib/ledger/checkpoint'
import { signedTime } from '@/lib/ledger/fresh'
import { verifyConsistency, type Hash } from '@/lib/ledger/merkle'
import type { NoteVerifier } from '@/lib/ledger/note'
import { ask, type Log } from './ask'
import { keepCopy, keepEvidence, readCopies, type Copy } from './copies'
import { followKeys, type KnownLog } from './known-log'

const ASK_AGAIN_MS = 2_500

/** What a visit found wrong: each of these is evidence against the log, or its silence. */
export type Fault = 'fork' | 'rollback' | 'unproven' | 'bad_signature' | 'stale' | 'continued'

export type Visited =
  | { ok: true; size: number; before: number; compared: number; age: number | null; nothingYet?: boolean }
  | { ok: false; fault: Fault; says: string; evidence: string | null }

export interface Visiting {
  log: Log
  known: KnownLog
  folder: string
  /** Compare with every kept checkpoint; otherwise with the newest, with which the others were compared when they were kept. */
  all: boolean
  /** Seconds: an older checkpoint is stale. */
  maxAge: number
  now: Date
}

/**
 * Fetches the log's newest checkpoint and holds it against what is kept: signature, size, and a proof that the log only grew.
 * Keeps it when everything holds. @throws Unreachable when the log did not answer
 */
export async function visit(visiting: Visiting): Promise<Visited> {
  const { log, known, folder, maxAge, now } = visiting
  // In this order: what is kept now must be under whatever the log shows after.
  const copies = readCopies(folder)
  const largest = copies.at(-1)
  const note = await newest(log, largest?.size ?? 0)
  if (note === null) {
    if (!largest) return { ok: true, size: 0, before: 0, compared: 0, age: null, nothingYet: true }
    return wrong('rollback', `it has no checkpoint any more; one over ${largest.size} entries is kept here`, null)
  }
  const bad = (fault: Fault, says: string) => wrong(fault, says, keepEvidence(folder, note, now))

  const opened = await open(note, visiting)
  if ('continuedAs' in opened)
    return bad(
      'continued',
      `it says that it lost entries and goes on as ${opened.continuedAs}: judge that, and watch it under that name in another folder`,
    )
  if (!opened.ok) return bad('bad_signature', `its checkpoint is not signed with its key (${opened.reason})`)
  if (largest && opened.size < largest.size)
    return bad('rollback', `it shows ${opened.size} entries, and signed ${largest.size} before`)

  const toCompare = visiting.all ? copies : copies.slice(-1)
  for (const copy of toCompare) {
    const held = known.verifiers.some((verifier) => openCheckpoint(copy.note, verifier).ok)
    if (!held) throw new Error(`${copy.file} is not signed with the log's key: the folder was changed`)
    const fault = await compare(log, copy, opened)
    if (fault) return bad(fault, sentence(fault, copy.size))
  }
  const last = known.verifiers.at(-1) as NoteVerifier
  const time = signedTime(note, last)
  const age = time === null ? null : Math.max(0, Math.floor(now.getTime() / 1000) - time)
  keepCopy(folder, opened, note)
  if (age !== null && age > maxAge)
    return wrong('stale', `its newest checkpoint is ${age} s old, and ${maxAge} s is the limit`, null)
  return { ok: true, size: opened.size, before: largest?.size ?? 0, compared: toCompare.length, age }
}

/** The checkpoint; asked for again where it is smaller than what is kept, since something between here and the log may have kept it. */
async function newest(log: Log, atLeast: number): Promise<string | null> {
  const note = await ask(log, '/log/checkpoint')
  const size = note === null ? 0 : (parseCheckpoint(checkpointText(note) ?? '')?.size ?? 0)
  if (size >= atLeast) return note
  await sleep(ASK_AGAIN_MS)
  return ask(log, '/log/checkpoint')
}

async function open(
  note: string,
  { log, known, folder }: Visiting,
): Promise<OpenedCheckpoint | { continuedAs: string }> {
  const last = known.verifiers.at(-1) as NoteVerifier
  const opened = openCheckpoint(note, last)
  if (opened.ok || opened.reason !== 'no_known_signature') return opened
  const { continuedAs } = await followKeys(folder, known, log)
  return continuedAs === null ? openCheckpoint(note, known.verifiers.at(-1) as NoteVerifier) : { continuedAs }
}

async function compare(log: Log, kept: Copy, newest: { size: number; root: Hash }): Promise<Fault | null> {
  if (kept.size === newest.size) return kept.root.equals(newest.root) ? null : 'fork'
  if (kept.size === 0) return null
  const answer = await ask(log, `/log/consistency?from=${kept.size}&to=${newest.size}`)
  if (answer === null) return 'unproven'
  const proof = answer
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => Buffer.from(line, 'base64'))
  return verifyConsistency(kept.size, newest.size, proof, kept.root, newest.root) ? null : 'fork'
}

function sentence(fault: Fault, size: number): string {
  return fault === 'unproven'
    ? `it gives no proof that it grew out of its ${size} entries kept here`
    : `its first ${size} entries are not those it signed before`
}

function wrong(fault: Fault, says: string, evidence: string | null): Visited {
  return { ok: false, fault, says, evidence }
}
