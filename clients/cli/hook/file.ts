import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { EXITS } from '../shared/exits'
import { Trouble } from '../shared/trouble'

/** A settings document; empty where there is no file. @throws Trouble where it cannot be read: it is then left as it is */
export function readSettings(file: string): Record<string, unknown> {
  if (!existsSync(file)) return {}
  let value: unknown
  try {
    value = JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    throw new Trouble(`${file} is not JSON that can be read. It was left as it is: repair it first.`, EXITS.unusable)
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Trouble(`${file} holds no settings: its outermost value is no object.`, EXITS.unusable)
  return value as Record<string, unknown>
}

/**
 * Writes a document in place of a file, whole or not at all; what was there before stays beside it as `FILE.before-countersign`, once.
 * @returns where the copy of what was there lies; null where nothing was there, or it had been copied before
 */
export function writeSettings(file: string, settings: object): string | null {
  mkdirSync(path.dirname(file), { recursive: true })
  const backup = `${file}.before-countersign`
  const copies = existsSync(file) && !existsSync(backup)
  if (copies) copyFileSync(file, backup)
  const mode = existsSync(file) ? statSync(file).mode & 0o777 : 0o644
  const draft = `${file}.${String(process.pid)}.draft`
  try {
    writeFileSync(draft, `${JSON.stringify(settings, null, 2)}\n`, { mode })
    renameSync(draft, file)
  } catch (error) {
    rmSync(draft, { force: true })
    throw new Trouble(
      `${file} cannot be written: ${error instanceof Error ? error.message : 'nobody knows why'}.`,
      EXITS.unusable,
    )
  }
  return copies ? backup : null
}
