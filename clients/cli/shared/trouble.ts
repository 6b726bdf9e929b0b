import { type Exit, type ExitCode, EXITS, exitOf } from './exits'

/** Something to tell the person at the terminal in a sentence, and the exit code that goes with it. */
export class Trouble extends Error {
  /**
   * @param code for programs: a closed code of the server's where it said one, else the name of the exit
   */
  constructor(
    message: string,
    readonly exit: ExitCode = EXITS.no,
    readonly code: Exit | (string & {}) = exitOf(exit) ?? 'fault',
  ) {
    super(message)
  }
}

/** Wrong usage: what was asked says nothing that can be done. */
export const usage = (says: string): Trouble => new Trouble(says, EXITS.unusable, 'usage')
