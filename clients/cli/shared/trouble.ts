/** Something to tell the person at the terminal in a sentence, and the exit code that goes with it. */
export class Trouble extends Error {
  constructor(
    message: string,
    readonly exit: 1 | 2 = 1,
  ) {
    super(message)
  }
}
