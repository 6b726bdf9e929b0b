import { AGENT_STATES, ENVIRONMENTS } from '@/lib/agents/agent'
import { OVERLAPS } from '@/lib/agents/credential'
import { agentText, type ListedAgent, listText, type ShownAgent, type ShownCredential } from './agent/print'
import { registration } from './agent/registration'
import { handOver, type Issued, secretFile } from './agent/secret'
import { command } from './shared/command'
import { EXITS } from './shared/exits'
import { LOGGED_IN_AT } from './shared/options'
import { NOT_REACHED, type PersonSession, personSession } from './shared/session'
import { Trouble, usage } from './shared/trouble'
import { runVerb, type Verb } from './shared/verb'

const SLUG = { name: 'NAME', says: 'the agent’s name, as boundaries and URLs have it' } as const
const OUT = {
  type: 'string',
  value: 'FILE',
  offers: 'file',
  says: 'writes the credential there, readable by you alone and sourced by a shell; else it is printed, this once',
} as const

const registerCommand = command({
  words: 'register',
  summary: 'registers an agent that you answer for, and makes its first credential',
  places: [SLUG],
  options: {
    server: LOGGED_IN_AT,
    purpose: { type: 'string', value: 'TEXT', required: true, says: 'what it is for' },
    team: { type: 'string', value: 'TEAM', required: true, says: 'the team it works for, by name' },
    environment: { type: 'string', value: 'NAME', offers: ENVIRONMENTS, required: true, says: ENVIRONMENTS.join(', ') },
    'review-date': { type: 'string', value: 'DATE', says: 'when it is looked at again, year-month-day (in 90 days)' },
    'data-provider': { type: 'string', value: 'TEXT', says: 'where the data it reads goes: to whom' },
    'data-region': { type: 'string', value: 'TEXT', says: 'where that is' },
    'data-retention': { type: 'string', value: 'TEXT', says: 'how long it stays there' },
    'data-agreement': { type: 'string', value: 'TEXT', says: 'under which agreement' },
    'accept-data': { type: 'boolean', default: false, says: 'accepts that in your own name' },
    'no-credential': { type: 'boolean', default: false, says: 'registers it, and makes no credential yet' },
    out: OUT,
  },
  about: `The owner is whoever logged in. It may do nothing yet: a ciso signs its boundary in the console, then countersign agent activate. Where its data goes
has to be said and accepted before that, here or on its page.\n\nJSON: {"slug", "credential": {"id", "clientId", "clientSecret" or "file"} or null}.`,
  examples: [
    'npx countersign agent register ticket-closer --purpose "Closes tickets" --team Operations --environment production --out agent.env',
  ],
  exits: {
    ...NOT_REACHED,
    no: 'refused: the name is taken, a field is wrong; or it was registered and got no credential, which is then said',
  },
  run: async ({ values, positionals: [slug = ''] }, { env }) => {
    if (values['no-credential'] && values.out !== undefined) throw usage('Say either --out or --no-credential.')
    const session = personSession(values.server, env)
    const file = secretFile(values.out)
    await session.ask('POST', '/api/console/agents', await registration(session, slug, values, new Date()))
    const text = `${slug} is registered, and you answer for it: ${session.server}/agents/${slug}\n`
    if (values['no-credential']) return { exit: EXITS.done, result: { slug, credential: null }, text }
    const made = await session.ask<Issued>('POST', `${at(slug)}/credentials`, {}).catch((error: unknown) => {
      if (!(error instanceof Trouble)) throw error
      const page = `${session.server}/agents/${slug}/credentials`
      throw new Trouble(
        `${text}But it has no credential: ${error.message}\nMake it one there: ${page}`,
        error.exit,
        error.code,
      )
    })
    const given = handOver(made, session.server, file)
    return { exit: EXITS.done, result: { slug, credential: given.result }, text: `${text}${given.text}` }
  },
})

const rotateCommand = command({
  words: 'rotate',
  summary: 'replaces an agent’s credential; the old one goes on for a while',
  places: [SLUG],
  options: {
    server: LOGGED_IN_AT,
    overlap: {
      type: 'string',
      value: 'HOURS',
      default: '24',
      offers: OVERLAPS.map(String),
      says: 'how long the old one goes on: 0 to 168 (24)',
    },
    credential: { type: 'string', value: 'ID', says: 'which one, where it has several: crd_…, or its client id' },
    out: OUT,
  },
  about: 'JSON: {"slug", "credential": {"id", "clientId", "clientSecret" or "file"}, "replaced", "ends_old"}.',
  examples: ['npx countersign agent rotate ticket-closer --overlap 24 --out agent.env'],
  exits: { ...NOT_REACHED, no: 'refused; the old credential goes on' },
  run: async ({ values, positionals: [slug = ''] }, { env }) => {
    if (!/^\d{1,3}$/.test(values.overlap)) throw usage('--overlap is whole hours, from 0 to 168.')
    const session = personSession(values.server, env)
    const old = await credentialToReplace(session, slug, values.credential)
    const file = secretFile(values.out)
    const made = await session.ask<Issued>('POST', `${at(slug)}/credentials/${old}/rotation`, {
      overlapHours: Number(values.overlap),
    })
    const { result, text } = handOver(made, session.server, file)
    return {
      exit: EXITS.done,
      result: { slug, credential: result, replaced: old, ends_old: made.endsOld },
      text: `${text}${made.endsOld === null ? `${old} goes on.` : `${old} ends ${made.endsOld}.`}\n`,
    }
  },
})

const activateCommand = command({
  words: 'activate',
  summary: 'lets an agent begin, once its boundary is signed',
  places: [SLUG],
  options: { server: LOGGED_IN_AT },
  examples: ['npx countersign agent activate ticket-closer'],
  exits: { ...NOT_REACHED, no: 'refused, and what is missing: a signed boundary, where its data goes' },
  run: async ({ values, positionals: [slug = ''] }, { env }) => {
    await personSession(values.server, env).ask('POST', `${at(slug)}/activation`, {})
    return { exit: EXITS.done, result: { slug, state: 'active' }, text: `${slug} is active.\n` }
  },
})

const listCommand = command({
  words: 'list',
  summary: 'lists agents, with their boundary and what waits for people',
  options: {
    server: LOGGED_IN_AT,
    state: { type: 'string', value: 'STATE', offers: AGENT_STATES, says: `only ${AGENT_STATES.join(', ')}` },
    team: { type: 'string', value: 'TEAM', says: 'only of this team' },
    environment: { type: 'string', value: 'NAME', offers: ENVIRONMENTS, says: 'only where it works' },
    owner: { type: 'string', value: 'TEXT', says: 'only of the owners whose name holds this' },
  },
  about:
    'JSON: {"agents": [{"slug", "purpose", "state", "environment", "team", "owner", "reviewDate", "boundary", "draft", "waiting", …}]}.',
  examples: ['npx countersign agent list', 'npx countersign agent list --state active --json'],
  exits: NOT_REACHED,
  run: async ({ values: { server, state, team, environment, owner } }, { env }) => {
    if (state !== undefined && !AGENT_STATES.some((each) => each === state))
      throw usage(`--state is ${AGENT_STATES.join(', ')}.`)
    if (environment !== undefined && !ENVIRONMENTS.some((each) => each === environment))
      throw usage(`--environment is ${ENVIRONMENTS.join(', ')}.`)
    const all = await personSession(server, env).ask<{ agents: ListedAgent[] }>('GET', '/api/console/agents')
    const same = (wanted: string | undefined, is: string) =>
      wanted === undefined || wanted.toLowerCase() === is.toLowerCase()
    const agents = all.agents.filter(
      (agent) =>
        same(state, agent.state) &&
        same(team, agent.team) &&
        same(environment, agent.environment) &&
        agent.owner.name.toLowerCase().includes((owner ?? '').toLowerCase()),
    )
    return { exit: EXITS.done, result: { agents }, text: listText(agents) }
  },
})

const showCommand = command({
  words: 'show',
  summary: 'says all there is of one agent, its credentials too, without their secrets',
  places: [SLUG],
  options: { server: LOGGED_IN_AT },
  about: 'JSON: {"agent", "credentials"}.',
  examples: ['npx countersign agent show ticket-closer'],
  exits: { ...NOT_REACHED, no: 'there is no such agent' },
  run: async ({ values, positionals: [slug = ''] }, { env }) => {
    const session = personSession(values.server, env)
    const agent = await session.ask<ShownAgent>('GET', at(slug))
    const { credentials } = await session.ask<{ credentials: ShownCredential[] }>('GET', `${at(slug)}/credentials`)
    return { exit: EXITS.done, result: { agent, credentials }, text: agentText(agent, credentials) }
  },
})

export const verb: Verb = {
  name: 'agent',
  summary: 'registers agents, replaces their credentials, lists them, says all of one',
  commands: [registerCommand, rotateCommand, activateCommand, listCommand, showCommand],
}
/** `npx countersign agent …` */
export const run = runVerb(verb)

const at = (slug: string): string => `/api/console/agents/${encodeURIComponent(slug)}`

/** The one credential that is in use, or the one that was named. @throws Trouble where there is none, or several */
async function credentialToReplace(session: PersonSession, slug: string, named: string | undefined): Promise<string> {
  const { credentials } = await session.ask<{ credentials: ShownCredential[] }>('GET', `${at(slug)}/credentials`)
  const open = credentials.filter(({ state }) => state === 'live')
  const found = named === undefined ? open : open.filter((each) => named === each.publicId || named === each.clientId)
  const [one, more] = found
  if (one === undefined)
    throw new Trouble(
      named === undefined ? `${slug} has no credential in use.` : `${slug} has no credential ${named} in use.`,
      EXITS.no,
      'not_found',
    )
  if (more !== undefined)
    throw usage(`${slug} has several: say --credential ${found.map(({ publicId }) => publicId).join(' or ')}.`)
  return one.publicId
}
