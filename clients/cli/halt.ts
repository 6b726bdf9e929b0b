import { readFileSync } from 'node:fs'
import { HALT_SCOPES, HALTS } from '@/lib/halt/halt'
import { askServers, type Asked } from './halt/ask'
import { command, type Environment, type Io, type Outcome } from './shared/command'
import { EXITS } from './shared/exits'
import { row } from './shared/help'
import { didYouMean } from './shared/nearest'
import { readLogins } from './shared/logins'
import { isServer, refuseOpenRoad } from './shared/options'
import { isLoginToken, originOf, personToken } from './shared/session'
import { Trouble, usage } from './shared/trouble'
import { runVerb, type Verb } from './shared/verb'

const BREAK_THE_GLASS = `psql "$DATABASE_OWNER_URL" -c "SELECT halt_everything('why')"`

const REACHING = {
  server: {
    type: 'string',
    value: 'URL',
    multiple: true,
    default: [] as string[],
    says: 'this console; given again, the others are asked where the first does not answer (else COUNTERSIGN_SERVER, by spaces; else where you are logged in)',
  },
  'token-file': {
    type: 'string',
    value: 'FILE',
    offers: 'file',
    says: 'a file that holds your token for halts, made under /settings/tokens (else COUNTERSIGN_TOKEN; else your login)',
  },
} as const
const NOT_REACHED = {
  signed_out: 'no login and no token, or one that is not good any more; nothing was engaged',
  unreachable: `no server answered: then whoever has the database owner’s login runs ${BREAK_THE_GLASS}`,
}

export const verb: Verb = {
  name: 'halt',
  summary: 'stops agents at once; lists what is stopped; lifts nothing',
  commands: [
    command({
      summary: 'stops agents at once',
      places: [
        { name: 'SCOPE', says: HALT_SCOPES.join(', '), offers: HALT_SCOPES },
        { name: 'NAME', says: 'which of them; the organisation has no name', optional: true },
      ],
      options: {
        ...REACHING,
        reason: { type: 'string', value: 'TEXT', says: 'why, if there is time' },
        until: { type: 'string', value: 'TIME', says: 'when somebody should look again (RFC 3339); it lifts nothing' },
      },
      about: `It asks nothing back: when it has answered, nothing in the scope is allowed any more. It lifts nothing: that takes two people, in the
console.\n\nJSON: {"halted", "id", "already", "recorded"}.`,
      examples: [
        'npx countersign halt agent ticket-closer --reason "odd calls" --server http://localhost:3000',
        'npx countersign halt organisation --server https://one.example --server https://two.example --json',
      ],
      exits: { ...NOT_REACHED, done: 'it is halted, or was already', no: 'refused; nothing was engaged' },
      run: async ({ values, positionals }, io) => {
        const body = wanted(positionals, values)
        return engaged(await asked({ method: 'POST', body }, values, io), positionals)
      },
    }),
    command({
      words: 'list',
      summary: 'lists what is halted now',
      options: REACHING,
      about: 'JSON: {"halts": [{"id", "scope", "target", "engaged_by", "engaged_at", "until"}]}.',
      examples: ['npx countersign halt list --server http://localhost:3000'],
      exits: { ...NOT_REACHED, done: 'nothing is halted', no: 'something is, or it was refused' },
      run: async ({ values }, io) => list(await standing(values, io)),
    }),
    command({
      words: 'show',
      summary: 'says all there is of one halt that stands',
      places: [{ name: 'ID', says: 'hlt_…, as halt list has it' }],
      options: REACHING,
      examples: ['npx countersign halt show hlt_0199… --server http://localhost:3000'],
      exits: { ...NOT_REACHED, no: 'no such halt stands: it was lifted, or there never was one' },
      run: async ({ values, positionals: [id = ''] }, io) => show(await standing(values, io), id),
    }),
  ],
}
/** `npx countersign halt …` */
export const run = runVerb(verb)

type Reached = { server: string[]; 'token-file'?: string | undefined }
type Listed = {
  id: string
  scope: string
  target: string | null
  engaged_by: string | null
  engaged_at: string
  until: string | null
}

async function asked(request: { method: 'GET' | 'POST'; body?: unknown }, values: Reached, { env, note }: Io) {
  const servers = serversOf(values.server, env)
  const token = tokenFor(servers, values['token-file'], env)
  const answer = await askServers(servers, token, request, ({ server, ...said }) => {
    note(`${server} does not answer (${'says' in said ? said.says : ''}).\n`)
  })
  if (answer.kind !== 'answered') throw notHalted(answer, request.method)
  return answer.body
}

async function standing(values: Reached, io: Io): Promise<Listed[]> {
  return ((await asked({ method: 'GET' }, values, io)) as { halts: Listed[] }).halts
}

function wanted(
  [scope = '', name, ...rest]: string[],
  { reason, until }: { reason?: string | undefined; until?: string | undefined },
) {
  const known = HALT_SCOPES.find((each) => each === scope)
  if (known === undefined)
    throw usage(
      `Say what to halt: ${HALT_SCOPES.join(', ')}; or list, or show.${didYouMean(scope, [...HALT_SCOPES, 'list', 'show'])}`,
    )
  const { named } = HALTS[known]
  if ((named === null) !== (name === undefined) || rest.length > 0)
    throw usage(named === null ? 'The organisation has no name.' : `Say which ${known}, and only one.`)
  return {
    scope,
    ...(named !== null && { [named]: name }),
    ...(reason !== undefined && { reason }),
    ...(until !== undefined && { until }),
  }
}

function serversOf(given: string[], env: Environment): string[] {
  const named = given.length > 0 ? given : (env.COUNTERSIGN_SERVER ?? '').split(/\s+/).filter((each) => each !== '')
  const servers = named.length > 0 ? named : [originOf(undefined, env, Object.keys(readLogins(env)))]
  for (const url of servers) {
    if (!isServer(url)) throw usage(`${JSON.stringify(url)} is no address of a server.`)
    refuseOpenRoad(url, env)
  }
  return servers
}

/** The token for each server: of the file that was named, else of the environment, else of whoever is logged in there. @throws Trouble where there is none for any */
function tokenFor(
  servers: readonly string[],
  file: string | undefined,
  env: Environment,
): (server: string) => string | undefined {
  const held = file === undefined ? env.COUNTERSIGN_TOKEN : tokenIn(file)
  // one that was made for halts goes to every server that is named for a halt; a login to its own alone
  const plain = held !== undefined && PRINTABLE.test(held) && !isLoginToken(held) ? held : undefined
  const token = (server: string) => (file === undefined ? (personToken(new URL(server).origin, env) ?? plain) : held)
  if (servers.some((server) => token(server) !== undefined)) return token
  throw new Trouble(
    `You are not logged in at ${servers.join(' or ')}: run  npx countersign login --server ${servers[0] ?? ''}  or set COUNTERSIGN_TOKEN to your token for halts (/settings/tokens; --token-file names its file).`,
    EXITS.signed_out,
  )
}

const PRINTABLE = /^[\x21-\x7e]+$/

function tokenIn(file: string): string {
  let token: string
  try {
    token = readFileSync(file, 'utf8').trim()
  } catch {
    throw usage(`${file} cannot be read.`)
  }
  if (!PRINTABLE.test(token)) throw new Trouble(`${file} holds no token.`, EXITS.signed_out)
  return token
}

function notHalted(answer: Exclude<Asked, { kind: 'answered' }>, method: string): Trouble {
  if (answer.kind === 'refused') {
    const said = method === 'POST' ? `Refused, nothing was engaged: ${answer.says}` : `Refused: ${answer.says}`
    return new Trouble(said, answer.status === 401 ? EXITS.signed_out : EXITS.no, answer.code)
  }
  const unknown = method === 'POST' ? 'nothing is known to be halted' : 'nothing is known of what is halted'
  return new Trouble(
    `No server answered, and ${unknown}. Whoever has the database owner’s login runs:\n  ${BREAK_THE_GLASS}`,
    EXITS.unreachable,
  )
}

function engaged(body: Record<string, unknown>, what: readonly string[]): Outcome {
  const { id, already, recorded } = body as { id: string; already: boolean; recorded: boolean }
  const late = recorded ? '' : ' Its entry in the ledger follows.'
  return {
    exit: EXITS.done,
    result: { halted: true, id, already, recorded },
    text: `${already ? 'Halted already' : 'Halted'}: ${what.join(' ')} (${id}). Nothing in its scope is allowed.${late}\n`,
  }
}

function list(halts: readonly Listed[]): Outcome {
  const lines = halts.map(
    ({ id, scope, target, engaged_by: by, engaged_at: at }) =>
      `${id}  ${scope}${target === null ? '' : ` ${target}`}  since ${at}, by ${by ?? 'a rule'}\n`,
  )
  return {
    exit: halts.length === 0 ? EXITS.done : EXITS.no,
    result: { halts },
    text: lines.length === 0 ? 'Nothing is halted.\n' : lines.join(''),
  }
}

function show(halts: readonly Listed[], id: string): Outcome {
  const halt = halts.find((each) => each.id === id)
  if (halt === undefined)
    throw new Trouble(`${id} does not stand: it was lifted, or there never was one.`, EXITS.no, 'not_found')
  const { scope, target, engaged_by: by, engaged_at: at, until } = halt
  return {
    exit: EXITS.done,
    result: { halt },
    text: [
      row('halt', id),
      row('scope', `${scope}${target === null ? '' : ` ${target}`}`),
      row('since', at),
      row('by', by ?? 'a rule'),
      row('look again', until ?? 'no time was said'),
      row('to lift it', 'two people, in the console: /halt'),
    ].join(''),
  }
}
