import path from 'node:path'
import type { Environment, OptionSpec } from './command'

/** `--data`, of the verbs that work on the install of this machine. */
export const DATA = {
  type: 'string',
  value: 'FOLDER',
  offers: 'folder',
  says: 'where the install keeps its data (COUNTERSIGN_DATA, else .data); with DATABASE_URL, its keys',
} as const satisfies OptionSpec

/** The clone this command lies in: two above the sources, and above `dist/cli`. */
const root = path.resolve(import.meta.dirname, path.basename(import.meta.dirname) === 'shared' ? '../../..' : '../..')

/** Where the install keeps its data; relative to the clone, wherever the command is run. */
export function dataFolder(given: string | undefined, env: Environment): string {
  return path.resolve(root, given ?? (env.COUNTERSIGN_DATA || '.data'))
}
