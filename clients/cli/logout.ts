import { giveBack } from './login/device'
import { command, type Environment, type Io, type Outcome } from './shared/command'
import { EXITS } from './shared/exits'
import { keepLogin, readLogins } from './shared/logins'
import { LOGGED_IN_AT } from './shared/options'
import { originOf } from './shared/session'
import { Trouble } from './shared/trouble'
import { runVerb, type Verb } from './shared/verb'

const summary = 'ends your login at a console, there and here'

export const verb: Verb = {
  name: 'logout',
  summary,
  commands: [
    command({
      summary,
      options: {
        server: LOGGED_IN_AT,
        all: { type: 'boolean', default: false, says: 'every login of this machine' },
      },
      about: 'JSON: {"logged_out": [SERVER], "not_told": [{"server", "says"}]}.',
      examples: ['npx countersign logout', 'npx countersign logout --all'],
      exits: {
        done: 'logged out, or was already',
        no: 'a server did not take the token back: it was forgotten here, and ends by itself',
      },
      run: ({ values }, { env, note }) => logout(values, env, note),
    }),
  ],
}
/** `npx countersign logout` */
export const run = runVerb(verb)

async function logout(
  { server, all }: { server?: string | undefined; all: boolean },
  env: Environment,
  note: Io['note'],
): Promise<Outcome> {
  const logins = readLogins(env)
  const known = Object.keys(logins)
  const origins = all || known.length === 0 ? known : [originOf(server, env, known)]
  const left: { server: string; says: string }[] = []
  const lines: string[] = []
  for (const origin of origins) {
    const login = logins[origin]
    if (login === undefined) continue
    await giveBack(origin, login.token).catch((error: unknown) => {
      if (!(error instanceof Trouble)) throw error
      left.push({ server: origin, says: error.message })
    })
    keepLogin(env, origin, null)
    lines.push(`Logged out at ${origin}.\n`)
  }
  for (const { server: origin, says } of left)
    note(`${says} The token is forgotten here; end it under ${origin}/settings/sessions.\n`)
  return {
    exit: left.length > 0 ? EXITS.no : EXITS.done,
    result: { logged_out: origins, not_told: left },
    text: lines.length === 0 ? 'You are not logged in.\n' : lines.join(''),
  }
}
