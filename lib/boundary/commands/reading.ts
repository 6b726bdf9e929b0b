/** How much of a word is known before a shell runs: all of it, all but a number (`$?`), all but a glob's names, or too little. */
export type Open = 'no' | 'number' | 'glob' | 'any'

/** One word of a command, quotes taken away. `value` is what is known of it; where `open` is `any`, it says nothing. */
export type Word = { value: string; open: Open }

/** One simple command of a line: what a shell, or a program that runs another, would start. */
export type Part = {
  /** as it was written: hostile text */
  text: string
  words: readonly Word[]
  env: readonly { name: string; value: string | null }[]
  /** it only runs what follows as its own part (`timeout 60 …`), and needs no entry of its own */
  clear: boolean
  /** a guess at what an unknown option hides: it can forbid or hold, never allow */
  glimpsed: boolean
  /** the part that runs it, and at which of that part's words it begins; Infinity where it is a string of its own */
  outer: { part: number; from: number } | null
  /** so many words an entry must name literally before its `*`, where the program runs another */
  literal: number
  /** where it may run, from the workspace down: '' is the workspace itself; empty when nobody can tell */
  cwds: readonly string[]
}

/** What keeps a line from being allow-listed, whatever is listed: the text it is about, and why in a few words of ours. */
export type Doubt = { text: string; why: string }

/** A command read: every simple command in it, in order, and every doubt. */
export type Reading = {
  parts: readonly Part[]
  doubts: readonly Doubt[]
  /** files that redirections name, with where they may be named from: hostile text */
  redirected: readonly { value: string; cwds: readonly string[] }[]
}

/** Where a command runs: the directory its arguments name, and the workspace the boundary states. Both may be unknown. */
export type Place = { cwd: string | null; workspace: string | null }

export const known = (value: string): Word => ({ value, open: 'no' })
export const UNKNOWN: Word = { value: '', open: 'any' }
