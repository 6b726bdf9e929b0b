import { randomBytes } from 'node:crypto'
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { startError } from '@/lib/db/start-error'

/**
 * Random secrets that outlive the process, in a file only its user may read (0600): one JSON object of base64url strings of
 * 24 random bytes. Names the file lacks are added. Two processes making it at once end with the same content.
 */
export function keepSecrets<Name extends string>(file: string, names: readonly Name[]): Record<Name, string> {
  const kept = read(file)
  const missing = names.filter((name) => kept?.[name] === undefined)
  if (kept !== null && missing.length === 0) return pick(kept, names)
  const next = { ...kept, ...Object.fromEntries(missing.map((name) => [name, randomBytes(24).toString('base64url')])) }
  mkdirSync(path.dirname(file), { recursive: true })
  const draft = `${file}.${String(process.pid)}`
  writeFileSync(draft, `${JSON.stringify(next, null, 2)}\n`, { mode: 0o600 })
  try {
    // A link fails where the name exists already: the first of two processes wins.
    if (kept === null) linkSync(draft, file)
    else renameSync(draft, file)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  } finally {
    rmSync(draft, { force: true })
  }
  return pick(read(file) ?? next, names)
}

function read(file: string): Record<string, string> | null {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw startError('data_unreadable', `${file} cannot be read: ${(error as Error).message}`, error)
  }
  try {
    return JSON.parse(text) as Record<string, string>
  } catch (error) {
    throw startError(
      'data_unreadable',
      `${file} is damaged: restore it from a backup, or remove the data folder to start over.`,
      error,
    )
  }
}

function pick<Name extends string>(all: Record<string, string>, names: readonly Name[]): Record<Name, string> {
  return Object.fromEntries(names.map((name) => [name, all[name] ?? ''])) as Record<Name, string>
}
