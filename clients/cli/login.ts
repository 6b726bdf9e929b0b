import os from 'node:os'
import { askToBeLetIn, giveBack, waitForAnswer } from './login/device'
import { readArguments } from './shared/arguments'
import { keepLogin, readLogins } from './shared/logins'
import { originOf, personSession } from './shared/session'
import { ownTerminal, type Terminal } from './shared/terminal'
import { Trouble } from './shared/trouble'

export const summary = 'logs you in at a console, by a code you type in its browser'

const USAGE = `Usage: npx countersign login --server URL [--machine NAME] [--json]

It shows a code; you type it on the console's page, signed in, where you see what asks and what it could do. The login lasts 8 hours, is kept in
countersign/logins.json under $XDG_CONFIG_HOME (~/.config), readable by you alone, and is ended by  npx countersign logout  or under
/settings/sessions. It reads, drafts, registers and stops; it never approves, signs, lifts, or changes people and settings.

  --server URL    the console (COUNTERSIGN_SERVER)
  --machine NAME  what the page calls this machine; its host name when nothing is said
  --json          two lines of JSON: the code, then what came of it

Exit: 0 logged in; 1 refused, over, or no answer; 2 wrong usage.
`

const OPTIONS = {
  server: { type: 'string' },
  machine: { type: 'string' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const

type Environment = Readonly<Record<string, string | undefined>>
type Who = { person: { name: string; email: string } }

/** `npx countersign login`: answers the exit code; what is wrong is one sentence, never a stack. */
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
    const before = readLogins(env)
    const origin = originOf(values.server, env, Object.keys(before))
    refuseOpenRoad(origin, env)
    const login = await askToBeLetIn(origin, values.machine ?? os.hostname())
    const { user_code: code, verification_uri: page, verification_uri_complete: link, expires_in: seconds } = login
    if (values.json)
      terminal.out(`${JSON.stringify({ event: 'asked', user_code: code, verification_uri: page, link, seconds })}\n`)
    else
      terminal.out(
        `Open   ${link}\nor     ${page}\nand compare the code:  ${code}\n\nIt is good for ${String(Math.round(seconds / 60))} minutes. Waiting for you to answer there …\n`,
      )
    const { token, expiresAt } = await waitForAnswer(origin, login)
    const { person } = await personSession(origin, { ...env, COUNTERSIGN_TOKEN: token }).ask<Who>(
      'GET',
      '/api/console/sessions/current',
    )
    keepLogin(env, origin, { token, expires_at: expiresAt.toISOString(), person: person.email })
    const replaced = before[origin]?.token
    if (replaced !== undefined) await giveBack(origin, replaced).catch(() => undefined)
    if (values.json)
      terminal.out(
        `${JSON.stringify({ event: 'logged_in', server: origin, person, expires_at: expiresAt.toISOString() })}\n`,
      )
    else terminal.out(`Logged in at ${origin} as ${person.name} (${person.email}) until ${expiresAt.toISOString()}.\n`)
    return 0
  } catch (error) {
    if (!(error instanceof Trouble)) throw error
    terminal.error(`${error.message}\n${error.exit === 2 ? `\n${USAGE}` : ''}`)
    return error.exit
  }
}

/** Over plain http, to another machine, whoever is between reads the token. */
function refuseOpenRoad(origin: string, env: Environment): void {
  const { protocol, hostname } = new URL(origin)
  const here = hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d+){3}$/.test(hostname)
  if (protocol === 'https:' || here || env.COUNTERSIGN_PLAIN_HTTP === '1') return
  throw new Trouble(
    `${origin} is another machine, and not https: whoever is between would read your token. COUNTERSIGN_PLAIN_HTTP=1 accepts that.`,
    2,
  )
}
