/**
 * What an exit code says: the one closed table, the same for every verb (ADR 0049). 0 and 1 are an answer, as with diff(1) and git: 1 is
 * "no", from a boundary that differs to a request that was refused. From 2 on nothing is known of what was asked. 70 is EX_SOFTWARE of
 * sysexits(3). What a signal ends has the shell's own 128 + n, and `exec` passes on what its command ended with.
 */
export const EXITS = {
  done: 0,
  no: 1,
  unusable: 2,
  signed_out: 3,
  unreachable: 4,
  waiting: 5,
  fault: 70,
} as const

export type Exit = keyof typeof EXITS
export type ExitCode = (typeof EXITS)[Exit]

/** What each means where a verb says nothing nearer. */
export const EXIT_WORDS: Readonly<Record<Exit, string>> = {
  done: 'done, or yes',
  no: 'answered, and the answer is no: refused, false, different',
  unusable: 'wrong usage, or a file that cannot be used; nothing was done',
  signed_out: 'no credential, or one that is not good any more',
  unreachable: 'no server answered; nothing is known',
  waiting: 'a person has to answer first',
  fault: 'a defect of this program',
}

/** The name of a code; null for one that a program it ran ended with. */
export function exitOf(code: number): Exit | null {
  return (Object.keys(EXITS) as Exit[]).find((name) => EXITS[name] === code) ?? null
}

/** The exit for what a server answered: who it does not know is signed out, who asks too much waits, and a server that fails did not answer. */
export function exitForStatus(status: number): ExitCode {
  if (status === 401) return EXITS.signed_out
  if (status >= 500 || status === 429) return EXITS.unreachable
  return EXITS.no
}
