import { readFileSync } from 'node:fs'
import { HALT_SCOPES, HALTS } from '@/lib/halt/halt'
import { askServers, type Asked } from './halt/ask'
import { readArguments } from './shared/arguments'
import { ownTerminal, type Terminal } from './shared/terminal'
import { Trouble } from './shared/trouble'

export const summary = 'stops agents at once; lists what is stopped; lifts nothing'

const USAGE = `Usage: npx countersign halt SCOPE [NAME] [--reason TEXT] [--until TIME] --server URL [--server URL …]
       npx countersign halt list --server URL

SCOPE is organisation, environment, team, agent, run, server or tool; all but the organisation have a NAME. It asks nothing back: when it
has answered, nothing in the scope is allowed any more. It lifts nothing: that takes two people, in the console.

  --server URL       this console; given again, the others are asked where the first does not answer (COUNTERSIGN_SERVER, by spaces)
  --token-file FILE  a file that holds your token for halts, made under /settings/tokens (else COUNTERSIGN_TOKEN)
  --reason TEXT      why, if there is time
  --until TIME       when somebody should look again (RFC 3339); it lifts nothing
  --json             the answer as JSON, on one line

Exit: 0 it is halted, or was already; 1 refused, nothing was engaged; 2 wrong usage; 3 no server answered: then whoever has the database
owner’s login runs  psql "$DATABASE_OWNER_URL" -c "SELECT halt_everything('why')"
list: 0 nothing is halted, 4 something is; else as above.
`

const OPTIONS = {
  server: { type: 'string', multiple: true, default: [] as string[] },
  'token-file': { type: 'string' },
  reason: { type: 'string' },
  until: { type: 'string' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const

type Environment = Readonly<Record<string, string | undefined>>
type Listed = { id: string; scope: string; target: string | null; engaged_by: string | null; engaged_at: string }

/** `npx countersign halt …`: answers the exit code; what is wrong is one sentence, never a stack. */
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
    const listing = positionals[0] === 'list' && positionals.length === 1
    const body = listing ? undefined : wanted(positionals, values)
    const servers = serversOf(values.server, env)
    const asked = await askServers(
      servers,
      tokenOf(values['token-file'], env),
      { method: listing ? 'GET' : 'POST', body },
      ({ server, ...said }) => {
        terminal.error(`${server} does not answer (${'says' in said ? said.says : ''}).\n`)
      },
    )
    if (asked.kind !== 'answered') return failed(asked, values.json, terminal)
    return listing ? list(asked.body, values.json, terminal) : engaged(asked.body, positionals, values.json, terminal)
  } catch (error) {
    if (!(error instanceof Trouble)) throw error
    terminal.error(`${error.message}\n`)
    return 2
  }
}

function wanted(
  [scope = '', name, ...rest]: string[],
  { reason, until }: { reason?: string | undefined; until?: string | undefined },
) {
  const known = HALT_SCOPES.find((each) => each === scope)
  if (known === undefined) throw new Trouble(`Say what to halt: ${HALT_SCOPES.join(', ')}; or list.\n\n${USAGE}`, 2)
  const { named } = HALTS[known]
  if ((named === null) !== (name === undefined) || rest.length > 0)
    throw new Trouble(named === null ? 'The organisation has no name.' : `Say which ${known}, and only one.`, 2)
  return {
    scope,
    ...(named !== null && { [named]: name }),
    ...(reason !== undefined && { reason }),
    ...(until !== undefined && { until }),
  }
}

function serversOf(given: string[], env: Environment): string[] {
  const servers = given.length > 0 ? given : (env.COUNTERSIGN_SERVER ?? '').split(/\s+/).filter((each) => each !== '')
  if (servers.length === 0) throw new Trouble('Say which server: --server https://countersign.example.com', 2)
  const wrong = servers.find((url) => !URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
  if (wrong !== undefined) throw new Trouble(`${JSON.stringify(wrong)} is no address of a server.`, 2)
  return servers
}

function tokenOf(file: string | undefined, env: Environment): string {
  let token = env.COUNTERSIGN_TOKEN ?? ''
  try {
    if (file !== undefined) token = readFileSync(file, 'utf8').trim()
  } catch {
    throw new Trouble(`${file ?? ''} cannot be read.`, 2)
  }
  if (!/^[\x21-\x7e]+$/.test(token))
    throw new Trouble(
      'COUNTERSIGN_TOKEN holds your token for halts, or --token-file names its file: /settings/tokens.',
      2,
    )
  return token
}

function failed(asked: Exclude<Asked, { kind: 'answered' }>, json: boolean, terminal: Terminal): number {
  const code = asked.kind === 'refused' ? asked.code : 'unreachable'
  if (json) terminal.out(`${JSON.stringify({ halted: false, code, detail: asked.says })}\n`)
  if (asked.kind === 'refused') {
    terminal.error(`Refused, nothing was engaged: ${asked.says}\n`)
    return 1
  }
  terminal.error(
    `No server answered, and nothing is known to be halted. Whoever has the database owner’s login runs:\n  psql "$DATABASE_OWNER_URL" -c "SELECT halt_everything('why')"\n`,
  )
  return 3
}

function engaged(body: Record<string, unknown>, what: readonly string[], json: boolean, { out }: Terminal): number {
  const { id, already, recorded } = body as { id: string; already: boolean; recorded: boolean }
  if (json) out(`${JSON.stringify({ halted: true, id, already, recorded })}\n`)
  else {
    const late = recorded ? '' : ' Its entry in the ledger follows.'
    out(
      `${already ? 'Halted already' : 'Halted'}: ${what.join(' ')} (${id}). Nothing in its scope is allowed.${late}\n`,
    )
  }
  return 0
}

function list(body: Record<string, unknown>, json: boolean, { out }: Terminal): number {
  const { halts } = body as { halts: Listed[] }
  if (json) out(`${JSON.stringify({ halts })}\n`)
  else if (halts.length === 0) out('Nothing is halted.\n')
  else
    for (const { id, scope, target, engaged_by: by, engaged_at: at } of halts)
      out(`${id}  ${scope}${target === null ? '' : ` ${target}`}  since ${at}, by ${by ?? 'a rule'}\n`)
  return halts.length === 0 ? 0 : 4
}
