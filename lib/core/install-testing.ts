import { mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import path from 'node:path'

/**
 * A folder of packages that tests of several processes share, whole or not there: it is filled under another name and then renamed, so that nobody
 * takes a half-filled one for whole and no two fill the same. For tests.
 * @param whole whether a folder holds what is wanted
 * @param fill throws, or leaves it not whole, where the packages cannot be had
 * @returns whether it is there
 */
export function installOnce(
  folder: string,
  whole: (folder: string) => boolean,
  fill: (folder: string) => void,
): boolean {
  if (whole(folder)) return true
  mkdirSync(path.dirname(folder), { recursive: true })
  const draft = mkdtempSync(`${folder}-`)
  try {
    fill(draft)
    if (whole(draft)) put(draft, folder, whole)
  } catch {
    // the packages cannot be had
  } finally {
    rmSync(draft, { recursive: true, force: true })
  }
  return whole(folder)
}

function put(draft: string, folder: string, whole: (folder: string) => boolean): void {
  try {
    renameSync(draft, folder)
  } catch {
    // another was quicker; or somebody filled it in place before and was killed
    if (whole(folder)) return
    rmSync(folder, { recursive: true, force: true })
    renameSync(draft, folder)
  }
}
