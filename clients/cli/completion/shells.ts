import type { Verb } from '../shared/verb'
import { bash } from './bash'
import { fish } from './fish'
import { zsh } from './zsh'

/** What makes the script of each shell from the table of verbs. */
export const SHELLS = { bash, zsh, fish } as const satisfies Record<string, (verbs: readonly Verb[]) => string>
export type Shell = keyof typeof SHELLS
