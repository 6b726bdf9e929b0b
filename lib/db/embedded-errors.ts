import { startError } from '@/lib/db/start-error'

/** A start error out of what a Postgres program wrote before it ended. */
export function explained(output: string, what: string): Error {
  if (output.includes('No space left on device')) return startError('disk_full', DISK_FULL)
  const line =
    output.split('\n').find((text) => /FATAL|PANIC|error:/.test(text)) ?? output.trim().split('\n').at(-1) ?? ''
  return startError('postgres_failed', `${what}: ${line.trim()}`)
}

const DISK_FULL =
  'No space is left on the disk that holds the data: free some, or set COUNTERSIGN_DATA to another folder.'

/** A start error out of what the file system refused. */
export function diskOr(error: unknown, code: 'postgres_failed' | 'data_unreadable', what: string): Error {
  const system = error as NodeJS.ErrnoException
  if (system.name === 'StartError') return system
  if (system.code === 'ENOSPC') return startError('disk_full', DISK_FULL, error)
  return startError(code, `${what}: ${system.message}`, error)
}
