import os from 'node:os'
import { readArguments } from './shared/arguments'
import { ownTerminal, type Terminal } from './shared/terminal'
import { Trouble } from './shared/trouble'
import { install, serverOf, uninstall } from './hook/install'
import { managedSettings } from './hook/managed'
import { DEFAULT_WAIT_SECONDS } from './hook/settings'
import { listTokens, makeToken, revokeToken } from './hook/token'

export const summary = 'put Claude Code under a boundary: its hooks, their tokens, an organisation’s settings'

const USAGE = `Usage: npx countersign hook token --server URL [--hours N] [--machine NAME] [--json]
       npx countersign hook token (--list [--json] | --revoke ID) --server URL
       npx countersign hook install --server URL [--user | --project | --local | --settings FILE] [--wait SECONDS] [--no-prompts] [--print]
       npx countersign hook install --uninstall [--user | --project | --local | --settings FILE]
       npx countersign hook managed-settings --server URL [--output FILE] [--mcp NAME]… [--mcp-headers PROGRAM] [--allow-domain HOST]…
                                             [--no-sandbox] [--helper FOLDER] [--wait SECONDS] [--no-prompts]
       npx countersign hook managed-settings --check FILE

token             prints a token for a session: good for its hooks alone, at most 24 hours (12 when nothing is said). The agent's credential
                  stands in COUNTERSIGN_CLIENT_ID and COUNTERSIGN_CLIENT_SECRET.
install           writes the hooks into a settings file of Claude Code (--user when nothing is said), beside what else is in it; again is
                  nothing. They read the token from COUNTERSIGN_TOKEN. --print shows them instead.
managed-settings  writes the file an organisation puts on its machines, which people cannot pass by; --check reads one and says what is wrong
                  with it and what remains open. --helper also writes a program that gives it to Claude Code, and refuses where the
                  server cannot be reached.
--wait            how long a call waits for a person, in seconds (${String(DEFAULT_WAIT_SECONDS)})
--no-prompts      what people type is counted and not kept
--mcp             a server of the MCP gateway that sessions may use; may be given again. Any other is refused.
--mcp-headers     the program that answers their header, {"Authorization": "Bearer …"}, at each connection
--allow-domain    a host that commands in the sandbox may reach; may be given again
Exit: 0 done; 1 refused, or --check found something wrong; 2 wrong usage.
`

const OPTIONS = {
  server: { type: 'string' },
  hours: { type: 'string' },
  machine: { type: 'string' },
  list: { type: 'boolean', default: false },
  revoke: { type: 'string' },
  json: { type: 'boolean', default: false },
  user: { type: 'boolean', default: false },
  project: { type: 'boolean', default: false },
  local: { type: 'boolean', default: false },
  settings: { type: 'string' },
  wait: { type: 'string' },
  'no-prompts': { type: 'boolean', default: false },
  print: { type: 'boolean', default: false },
  uninstall: { type: 'boolean', default: false },
  output: { type: 'string' },
  mcp: { type: 'string', multiple: true, default: [] as string[] },
  'mcp-headers': { type: 'string' },
  'allow-domain': { type: 'string', multiple: true, default: [] as string[] },
  'no-sandbox': { type: 'boolean', default: false },
  helper: { type: 'string' },
  check: { type: 'string' },
  help: { type: 'boolean', short: 'h', default: false },
} as const

/** `npx countersign hook`: answers the exit code. Never a stack: what is wrong is one sentence. */
export async function run(args: string[], terminal: Terminal = ownTerminal()): Promise<number> {
  try {
    const { values, positionals } = readArguments(args, OPTIONS)
    if (values.help) {
      terminal.out(USAGE)
      return 0
    }
    if (positionals.length > 1) throw new Trouble(`${JSON.stringify(positionals[1])} is too much.`, 2)
    return await doIt(positionals[0], values, terminal)
  } catch (error) {
    if (!(error instanceof Trouble)) throw error
    terminal.error(`${error.message}\n${error.exit === 2 ? `\n${USAGE}` : ''}`)
    return error.exit
  }
}

type Values = ReturnType<typeof readArguments<typeof OPTIONS>>['values']

async function doIt(what: string | undefined, values: Values, terminal: Terminal): Promise<number> {
  switch (what) {
    case 'token': {
      const server = serverOf(values.server)
      if (values.list) await listTokens(server, values.json, terminal)
      else if (values.revoke !== undefined) await revokeToken(server, values.revoke, terminal)
      else {
        const { hours, json, machine = os.hostname() } = values
        await makeToken({ server, hours, machine, json }, terminal)
      }
      return 0
    }
    case 'install': {
      const chosen = (['user', 'project', 'local'] as const).filter((name) => values[name])
      if (chosen.length + (values.settings === undefined ? 0 : 1) > 1)
        throw new Trouble('Say one of --user, --project, --local and --settings.', 2)
      const where = { where: chosen[0] ?? ('user' as const), file: values.settings }
      if (values.uninstall) uninstall(where, terminal)
      else install(hooksOf(values), { ...where, print: values.print }, terminal)
      return 0
    }
    case 'managed-settings': {
      const { output, mcp, check, helper, 'mcp-headers': mcpHeaders } = values
      if (check !== undefined) return managedSettings({ check }, terminal)
      const sandbox = !values['no-sandbox']
      if (mcp.length > 0 && mcpHeaders === undefined)
        throw new Trouble(
          'Say --mcp-headers PROGRAM: access tokens end after ten minutes, so each connection asks it for {"Authorization": "Bearer …"}.',
          2,
        )
      const servers = { mcp, ...(mcpHeaders !== undefined && { mcpHeaders }) }
      const document = { ...hooksOf(values), ...servers, domains: values['allow-domain'], sandbox }
      return managedSettings({ document, output, helper }, terminal)
    }
    default:
      throw new Trouble('Say what to do: hook token, hook install or hook managed-settings.', 2)
  }
}

function hooksOf({ server, wait, 'no-prompts': silent }: Values) {
  const waitSeconds = wait === undefined ? DEFAULT_WAIT_SECONDS : Number(wait)
  if (!Number.isInteger(waitSeconds) || waitSeconds < 0 || waitSeconds > 3_600)
    throw new Trouble('--wait is whole seconds, at most 3600.', 2)
  return { server: serverOf(server), waitSeconds, prompts: !silent }
}
