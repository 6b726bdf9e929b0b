import { command } from './shared/command'
import { EXITS } from './shared/exits'
import { LOGGED_IN_AT } from './shared/options'
import { NOT_REACHED, personSession } from './shared/session'
import { runVerb, type Verb } from './shared/verb'

const summary = 'says who you are at a console, and until when'

type Answer = {
  person: { name: string; email: string; roles: string[]; on_call: boolean }
  via: string
  expires_at: string | null
}

export const verb: Verb = {
  name: 'whoami',
  summary,
  commands: [
    command({
      summary,
      options: { server: LOGGED_IN_AT },
      about: 'JSON: {"server", "person": {"name", "email", "roles", "on_call"}, "via", "expires_at"}.',
      examples: ['npx countersign whoami'],
      exits: { ...NOT_REACHED, done: 'somebody', signed_out: 'nobody: run npx countersign login' },
      run: async ({ values }, { env }) => {
        const session = personSession(values.server, env)
        const answer = await session.ask<Answer>('GET', '/api/console/sessions/current')
        const { name, email, roles, on_call: onCall } = answer.person
        const roleWords = roles.length === 0 ? 'no role' : roles.join(', ')
        const until = answer.expires_at === null ? '' : `, until ${answer.expires_at}`
        return {
          exit: EXITS.done,
          result: { server: session.server, ...answer },
          text: `${name} (${email}) at ${session.server}: ${roleWords}${onCall ? ', on call' : ''}${until}.\n`,
        }
      },
    }),
  ],
}
/** `npx countersign whoami` */
export const run = runVerb(verb)
