/**
 * Why the first word of a command names no program; null where it may. What starts it under sandbox-runtime, `env`, would take `NAME=VALUE` for a
 * variable and the next word for the program, which nobody was asked about.
 */
export function programProblem([program = '']: readonly string[]): string | null {
  if (program === '') return 'A command begins with a program.'
  if (program.includes('='))
    return `${JSON.stringify(program)} would be a variable, no program: what sets one is written as env NAME=VALUE PROGRAM.`
  return program.startsWith('-') ? `${JSON.stringify(program)} would be an option, no program.` : null
}
