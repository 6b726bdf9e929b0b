import os from 'node:os'
import { askToBeLetIn, giveBack, waitForAnswer } from './login/device'
import { command, type Environment, type Io, type Outcome } from './shared/command'
import { EXITS } from './shared/exits'
import { keepLogin, readLogins } from './shared/logins'
import { refuseOpenRoad, SERVER } from './shared/options'
import { originOf, personSession } from './shared/session'
import { runVerb, type Verb } from './shared/verb'

const summary = 'logs you in at a console, by a code you type in its browser'

export const verb: Verb = {
  name: 'login',
  summary,
  commands: [
    command({
      summary,
      options: {
        server: SERVER,
        machine: { type: 'string', value: 'NAME', says: 'what the page calls this machine (its host name)' },
      },
      about: `It shows a code; you type it on the console's page, signed in, where you see what asks and what it could do. The login lasts 8 hours, is kept in
countersign/logins.json under $XDG_CONFIG_HOME (~/.config), readable by you alone, and is ended by npx countersign logout or under /settings/sessions.
It reads, drafts, registers and stops; it never approves, signs, lifts, or changes people and settings.\n\nJSON: an event with the code, {"event": "asked",
"user_code", "verification_uri", "link", "seconds"}; then {"server", "person", "expires_at"}.`,
      examples: ['npx countersign login --server http://localhost:3000'],
      exits: {
        done: 'logged in',
        no: 'refused, or stopped',
        unreachable: 'the server does not answer',
        waiting: 'nobody answered in time',
      },
      run: ({ values }, io) => login(values, io),
    }),
  ],
}
/** `npx countersign login` */
export const run = runVerb(verb)

type Who = { person: { name: string; email: string } }

async function login(
  { server, machine = os.hostname() }: { server?: string | undefined; machine?: string | undefined },
  { env, say, event, stopping }: Io,
): Promise<Outcome> {
  const before = readLogins(env)
  const origin = originOf(server, env, Object.keys(before))
  refuseOpenRoad(origin, env)
  const asked = await askToBeLetIn(origin, machine)
  const { user_code: code, verification_uri: page, verification_uri_complete: link, expires_in: seconds } = asked
  event({ event: 'asked', user_code: code, verification_uri: page, link, seconds })
  say(
    `Open   ${link}\nor     ${page}\nand compare the code:  ${code}\n\nIt is good for ${String(Math.round(seconds / 60))} minutes. Waiting for you to answer there …\n`,
  )
  const { token, expiresAt } = await waitForAnswer(origin, asked, stopping)
  const until = expiresAt.toISOString()
  const person = await keep(env, origin, token, until).catch(async (error: unknown) => {
    // what cannot be kept is nobody's to use
    await giveBack(origin, token).catch(() => undefined)
    throw error
  })
  const replaced = before[origin]?.token
  if (replaced !== undefined) await giveBack(origin, replaced).catch(() => undefined)
  return {
    exit: EXITS.done,
    result: { server: origin, person, expires_at: until },
    text: `Logged in at ${origin} as ${person.name} (${person.email}) until ${until}.\n`,
  }
}

async function keep(env: Environment, origin: string, token: string, until: string): Promise<Who['person']> {
  const session = personSession(origin, { ...env, COUNTERSIGN_SERVER: origin, COUNTERSIGN_TOKEN: token })
  const { person } = await session.ask<Who>('GET', '/api/console/sessions/current')
  keepLogin(env, origin, { token, expires_at: until, person: person.email })
  return person
}
