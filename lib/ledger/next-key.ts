import { existsSync, renameSync } from 'node:fs'
import path from 'node:path'
import { keyFromFile, keyFromText, type LedgerKeys } from '@/lib/ledger/keys'

type Env = Readonly<Record<string, string | undefined>>

const VARIABLE = 'COUNTERSIGN_CHECKPOINT_KEY'
export const NEXT_VARIABLE = 'COUNTERSIGN_NEXT_CHECKPOINT_KEY'
const current = (folder: string) => path.join(folder, 'ledger-checkpoint.key')
const next = (folder: string) => path.join(folder, 'ledger-checkpoint.key.next')

/**
 * The checkpoint key that is to take over: beside the one in the folder, made there (0600) unless an earlier try did; where the present
 * one comes from the environment, from `COUNTERSIGN_NEXT_CHECKPOINT_KEY`.
 * @throws Error with a sentence for the terminal when it has to be in the environment and is not
 */
export function nextCheckpointKey(folder: string, env: Env): LedgerKeys['checkpoint'] {
  if (!env[VARIABLE]) return keyFromFile(next(folder))
  const given = env[NEXT_VARIABLE]
  if (!given) {
    throw new Error(
      `The checkpoint key comes from ${VARIABLE}: give the new one, 32 random bytes in base64, in ${NEXT_VARIABLE}.`,
    )
  }
  return keyFromText(given, NEXT_VARIABLE)
}

/** Whether a try to replace the key began and did not end. */
export function nextKeyWaits(folder: string): boolean {
  return existsSync(next(folder))
}

/** Puts the new key in the place of the old one, which is gone then: whoever holds it could sign nothing that is believed. */
export function takeNextKey(folder: string): void {
  renameSync(next(folder), current(folder))
}
