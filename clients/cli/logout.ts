import { giveBack } from './login/device'
import { readArguments } from './shared/arguments'
import { keepLogin, readLogins } from './shared/logins'
import { originOf } from './shared/session'
import { ownTerminal, type Terminal } from './shared/terminal'
import { Trouble } from './shared/trouble'

export const summary = 'ends your login at a console, there and here'

const USAGE = `Usage: npx countersign logout [--server URL | --all] [--json]

  --server URL  the console (COUNTERSIGN_SERVER; the only one you are logged in at)
  --all         every login of this machine
  --json        the answer as JSON

Exit: 0 logged out, or was already; 1 a server did not take the token back: it was forgotten here, and ends by itself; 2 wrong usage.
`

const OPTIONS = {
  server: { type: 'string' },
  all: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const

type Environment = Readonly<Record<string, string | undefined>>

/** `npx countersign logout`: answers the exit code; what is wrong is one sentence, never a stack. */
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
    const logins = readLogins(env)
    const known = Object.keys(logins)
    const origins = values.all || known.length === 0 ? known : [originOf(values.server, env, known)]
    const left: { server: string; says: string }[] = []
    for (const origin of origins) {
      const login = logins[origin]
      if (login === undefined) continue
      await giveBack(origin, login.token).catch((error: unknown) => {
        if (!(error instanceof Trouble)) throw error
        left.push({ server: origin, says: error.message })
      })
      keepLogin(env, origin, null)
      if (!values.json) terminal.out(`Logged out at ${origin}.\n`)
    }
    if (values.json) terminal.out(`${JSON.stringify({ logged_out: origins, not_told: left })}\n`)
    else if (origins.every((origin) => logins[origin] === undefined)) terminal.out('You are not logged in.\n')
    for (const { server, says } of left)
      terminal.error(`${says} The token is forgotten here; end it under ${server}/settings/sessions.\n`)
    return left.length > 0 ? 1 : 0
  } catch (error) {
    if (!(error instanceof Trouble)) throw error
    terminal.error(`${error.message}\n${error.exit === 2 ? `\n${USAGE}` : ''}`)
    return error.exit
  }
}
