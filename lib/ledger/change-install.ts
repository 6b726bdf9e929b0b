import { existsSync, renameSync } from 'node:fs'
import { pool } from '@/lib/db/pool'
import { startError } from '@/lib/db/start-error'
import { checkStanding, type Standing } from '@/lib/ledger/guard'
import { haltForStanding, standingSentence } from '@/lib/ledger/halt-for-standing'
import { ledgerOf, type Ledger } from '@/lib/ledger/handle'
import { nextCheckpointKey, nextKeyWaits, takeNextKey } from '@/lib/ledger/next-key'
import { openCheckpoint } from '@/lib/ledger/checkpoint'
import { vkeyOf, type NoteVerifier } from '@/lib/ledger/note'
import { ledgerStatus } from '@/lib/ledger/read'
import { readReleased, type Released } from '@/lib/ledger/released'
import { continueLog, rotateKey, signatureIn } from '@/lib/ledger/rotate-key'
import { openedLedger, settle, withInstall, type Opened, type WholeInstall } from '@/lib/ledger/whole-install'

/**
 * Replaces the checkpoint key of a stopped install. Tried again after it was interrupted, it ends what was begun.
 * @returns both verifier keys, and whether the operator has to put the new key into the environment
 * @throws start errors, and errors with a sentence; then the old key still signs
 */
export function rotateInstall(install: WholeInstall): Promise<{ old: string; new: string; inEnvironment: boolean }> {
  return withInstall(install, async (opened) => {
    const { keys, folders, owner } = opened
    const inEnvironment = Boolean(install.env.COUNTERSIGN_CHECKPOINT_KEY)
    const begun = !inEnvironment && nextKeyWaits(folders.keys)
    const key = nextCheckpointKey(folders.keys, install.env)
    const { origin, vkey } = await ledgerStatus(pool('app'))
    if (origin === null || vkey === null) throw startError('data_unreadable', 'This database has no ledger yet.')
    const next = ledgerOf(origin, { ...keys, checkpoint: key })
    const old = vkeyOf(ledgerOf(origin, keys).checkpoint)
    // Recorded already, and interrupted before the file took its place.
    if (!(begun && vkey === vkeyOf(next.checkpoint))) {
      const ledger = await openedLedger(keys)
      const standing = await checkStanding(pool('app'), ledger, folders.ledger)
      if (!standing.ok) throw startError('data_unreadable', `${standingSentence(standing)} No key is replaced.`)
      await rotateKey(owner, ledger, key)
    }
    if (!inEnvironment) takeNextKey(folders.keys)
    await settle({ ...keys, checkpoint: key }, folders.ledger)
    return { old, new: vkeyOf(next.checkpoint), inEnvironment }
  })
}

export interface Continuing extends WholeInstall {
  /** The last checkpoint let out, where the copy beside the database is damaged. */
  checkpoint?: string | undefined
  /** Asks the operator, who is told what is lost; true goes on. */
  confirm: (what: { origin: string; standing: Standing & { ok: false }; lost: Released }) => Promise<boolean>
}

/**
 * Lets a log that is behind its own released checkpoint, or forked from it, go on under another name. The organisation is halted and
 * stays so: what was lost may have been a halt. What was let out under the old name is kept in a folder beside.
 * @returns null when the operator did not confirm
 * @throws start errors when nothing is wrong with the log, or what is wrong cannot be mended so
 */
export function continueInstall(install: Continuing): Promise<{ origin: string; vkey: string; kept: string } | null> {
  return withInstall(install, async (opened) => {
    const ledger = await openedLedger(opened.keys)
    const standing = await checkStanding(pool('app'), ledger, opened.folders.ledger)
    if (standing.ok)
      throw startError('setting_invalid', 'The ledger holds everything it ever signed: there is nothing to go on from.')
    if (standing.reason === 'unsigned' || standing.reason === 'superseded')
      throw startError(
        'data_unreadable',
        `${standingSentence(standing)} Another name would not mend that: restore a backup.`,
      )
    const lost = lostCheckpoint(ledger, opened, install.checkpoint)
    if (!(await install.confirm({ origin: ledger.origin, standing, lost }))) return null
    await haltForStanding(standing)
    const signature = signerOf(ledger, lost.note)
    const { origin, vkey } = await continueLog(opened.owner, ledger, lost, signature)
    const kept = setAside(opened.folders.ledger)
    await settle(opened.keys, opened.folders.ledger)
    return { origin, vkey, kept }
  })
}

function lostCheckpoint(ledger: Ledger, { folders }: Opened, given: string | undefined): Released {
  if (given !== undefined) {
    const found = openedBy(ledger.verifiers, given)
    if (!found) throw startError('setting_invalid', 'The given checkpoint is not one of this ledger’s.')
    return found
  }
  const kept = readReleased(folders.ledger, ledger.verifiers)
  if (!kept.ok || !kept.released)
    throw startError(
      'data_unreadable',
      'The checkpoint kept beside the database cannot be read: give a copy of the last one with --checkpoint.',
    )
  return kept.released
}

function openedBy(verifiers: readonly NoteVerifier[], note: string): Released | null {
  for (const verifier of verifiers) {
    const opened = openCheckpoint(note, verifier)
    if (opened.ok) return { origin: opened.origin, size: opened.size, root: opened.root, note }
  }
  return null
}

function signerOf(ledger: Ledger, note: string): Buffer {
  for (const verifier of ledger.verifiers) {
    const signature = openCheckpoint(note, verifier).ok ? signatureIn(note, verifier) : null
    if (signature) return signature
  }
  throw startError('data_unreadable', 'The last checkpoint carries no signature of this ledger.')
}

function setAside(folder: string): string {
  for (let n = 1; ; n += 1) {
    const to = `${folder}-before-${n}`
    if (existsSync(to)) continue
    if (existsSync(folder)) renameSync(folder, to)
    return to
  }
}
