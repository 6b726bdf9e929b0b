import { readArguments } from './shared/arguments'
import { personSession } from './shared/session'
import { ownTerminal, type Terminal } from './shared/terminal'
import { Trouble } from './shared/trouble'

export const summary = 'says who you are at a console, and until when'

const USAGE = `Usage: npx countersign whoami [--server URL] [--json]

  --server URL  the console (COUNTERSIGN_SERVER; the only one you are logged in at)
  --json        the answer as JSON

Exit: 0 somebody; 1 nobody: run  npx countersign login ; 2 wrong usage.
`

const OPTIONS = {
  server: { type: 'string' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const

type Environment = Readonly<Record<string, string | undefined>>
type Answer = {
  person: { name: string; email: string; roles: string[]; on_call: boolean }
  via: string
  expires_at: string | null
}

/** `npx countersign whoami`: answers the exit code; what is wrong is one sentence, never a stack. */
export async function run(
  args: string[],
  terminal: Terminal = ownTerminal(),
  env: Environment = process.env,
): Promise<number> {
  try {
    const { values, positionals } = readArguments(args, OPTIONS)
    if (values.help) {
      terminal.out(USAGE)
      return 0
    }
    if (positionals.length > 0) throw new Trouble(`${JSON.stringify(positionals[0])} is too much.`, 2)
    const session = personSession(values.server, env)
    const answer = await session.ask<Answer>('GET', '/api/console/sessions/current')
    if (values.json) terminal.out(`${JSON.stringify({ server: session.server, ...answer })}\n`)
    else {
      const { name, email, roles, on_call: onCall } = answer.person
      const roleWords = roles.length === 0 ? 'no role' : roles.join(', ')
      const until = answer.expires_at === null ? '' : `, until ${answer.expires_at}`
      terminal.out(`${name} (${email}) at ${session.server}: ${roleWords}${onCall ? ', on call' : ''}${until}.\n`)
    }
    return 0
  } catch (error) {
    if (!(error instanceof Trouble)) throw error
    terminal.error(`${error.message}\n${error.exit === 2 ? `\n${USAGE}` : ''}`)
    return error.exit
  }
}
