import os from 'node:os'
import { agentCredential } from './shared/agent-credential'
import { command } from './shared/command'
import { usage } from './shared/trouble'
import { runVerb, type Verb } from './shared/verb'
import { install, serverOf, uninstall } from './hook/install'
import { managedSettings } from './hook/managed'
import { DEFAULT_WAIT_SECONDS } from './hook/settings'
import { listTokens, makeToken, revokeToken } from './hook/token'

const SERVER = {
  type: 'string',
  value: 'URL',
  says: 'this console: https://, or this very machine (else COUNTERSIGN_SERVER)',
} as const
const ASKING = {
  server: SERVER,
  wait: {
    type: 'string',
    value: 'SECONDS',
    says: `how long a call waits for a person (${String(DEFAULT_WAIT_SECONDS)})`,
  },
  'no-prompts': { type: 'boolean', default: false, says: 'what people type is counted and not kept' },
} as const

const tokenCommand = command({
  words: 'token',
  summary: 'makes, lists and revokes tokens for sessions of Claude Code',
  options: {
    server: SERVER,
    hours: { type: 'string', value: 'N', says: 'how long it is good, at most 24 (12)' },
    machine: { type: 'string', value: 'NAME', says: 'what the console calls the machine (its host name)' },
    list: { type: 'boolean', default: false, says: 'lists those that were made' },
    revoke: { type: 'string', value: 'ID', says: 'ends one at once' },
  },
  about: `Prints a token for a session, and nothing else, so that it can be captured: good for its hooks alone, at most 24 hours. The agent's credential
stands in COUNTERSIGN_CLIENT_ID and COUNTERSIGN_CLIENT_SECRET.`,
  examples: [
    'export COUNTERSIGN_TOKEN="$(npx countersign hook token --server http://localhost:3000)"',
    'npx countersign hook token --list --server http://localhost:3000',
  ],
  exits: {
    no: 'refused',
    signed_out: 'no credential, or one that is not good any more',
    unreachable: 'the server does not answer',
  },
  run: ({ values }, { env, note }) => {
    const server = serverOf(values.server ?? env.COUNTERSIGN_SERVER)
    const credential = agentCredential(env)
    if (values.list) return listTokens(server, credential)
    if (values.revoke !== undefined) return revokeToken(server, credential, values.revoke)
    const { hours, machine = os.hostname() } = values
    return makeToken({ server, hours, machine }, credential, note)
  },
})

const installCommand = command({
  words: 'install',
  summary: 'writes the hooks into a settings file of Claude Code, beside what else is in it',
  options: {
    ...ASKING,
    user: { type: 'boolean', default: false, says: 'into ~/.claude/settings.json (where nothing is said)' },
    project: { type: 'boolean', default: false, says: 'into .claude/settings.json' },
    local: { type: 'boolean', default: false, says: 'into .claude/settings.local.json' },
    settings: { type: 'string', value: 'FILE', offers: 'file', says: 'into this file' },
    print: { type: 'boolean', default: false, says: 'shows them instead' },
    uninstall: { type: 'boolean', default: false, says: 'takes them out again, and nothing else' },
  },
  about: 'They read the token from COUNTERSIGN_TOKEN. Installing what is installed changes nothing.',
  examples: [
    'npx countersign hook install --server http://localhost:3000 --print',
    'npx countersign hook install --uninstall --project',
  ],
  exits: { no: 'the file is not to be written: it cannot be read as settings' },
  run: ({ values }, { env }) => {
    const chosen = (['user', 'project', 'local'] as const).filter((name) => values[name])
    if (chosen.length + (values.settings === undefined ? 0 : 1) > 1)
      throw usage('Say one of --user, --project, --local and --settings.')
    const where = { where: chosen[0] ?? ('user' as const), file: values.settings }
    if (values.uninstall) return uninstall(where)
    return install(hooksOf(values, env.COUNTERSIGN_SERVER), { ...where, print: values.print })
  },
})

const managedCommand = command({
  words: 'managed-settings',
  summary: 'writes the file an organisation puts on its machines, which people cannot pass by; or checks one',
  options: {
    ...ASKING,
    output: { type: 'string', value: 'FILE', offers: 'file', says: 'writes it, with managed-mcp.json beside it' },
    check: {
      type: 'string',
      value: 'FILE',
      offers: 'file',
      says: 'reads one: what is wrong with it, and what remains open',
    },
    helper: {
      type: 'string',
      value: 'FOLDER',
      offers: 'folder',
      says: 'writes a program there that gives it to Claude Code, and refuses where the server cannot be reached',
    },
    mcp: {
      type: 'string',
      value: 'NAME',
      multiple: true,
      default: [],
      says: 'a server of the MCP gateway that sessions may use; may be given again. Any other is refused',
    },
    'mcp-headers': {
      type: 'string',
      value: 'PROGRAM',
      offers: 'file',
      says: 'the program that answers their header, {"Authorization": "Bearer …"}, at each connection',
    },
    'allow-domain': {
      type: 'string',
      value: 'HOST',
      multiple: true,
      default: [],
      says: 'a host that commands in the sandbox may reach; may be given again',
    },
    'no-sandbox': { type: 'boolean', default: false, says: 'leaves Claude Code’s own sandbox off' },
  },
  examples: [
    'npx countersign hook managed-settings --server http://localhost:3000 --output managed/managed-settings.json',
    'npx countersign hook managed-settings --check managed/managed-settings.json',
  ],
  exits: { no: 'something is wrong with it' },
  run: ({ values }, { env, note }) => {
    const { output, mcp, check, helper, 'mcp-headers': mcpHeaders } = values
    if (check !== undefined) {
      const server = values.server ?? env.COUNTERSIGN_SERVER
      return managedSettings({ check, ...(server !== undefined && { server: serverOf(server) }) }, note)
    }
    if (mcp.length > 0 && mcpHeaders === undefined)
      throw usage(
        'Say --mcp-headers PROGRAM: access tokens end after ten minutes, so each connection asks it for {"Authorization": "Bearer …"}.',
      )
    const servers = { mcp, ...(mcpHeaders !== undefined && { mcpHeaders }) }
    const more = { domains: values['allow-domain'], sandbox: !values['no-sandbox'] }
    const document = { ...hooksOf(values, env.COUNTERSIGN_SERVER), ...servers, ...more }
    return managedSettings({ document, output, helper }, note)
  },
})

export const verb: Verb = {
  name: 'hook',
  summary: 'puts Claude Code under a boundary: its hooks, their tokens, an organisation’s settings',
  commands: [tokenCommand, installCommand, managedCommand],
}
/** `npx countersign hook …` */
export const run = runVerb(verb)

type Asking = { server?: string | undefined; wait?: string | undefined; 'no-prompts': boolean }

function hooksOf({ server, wait, 'no-prompts': silent }: Asking, known: string | undefined) {
  const waitSeconds = wait === undefined ? DEFAULT_WAIT_SECONDS : Number(wait)
  if (!Number.isInteger(waitSeconds) || waitSeconds < 0 || waitSeconds > 3_600)
    throw usage('--wait is whole seconds, at most 3600.')
  return { server: serverOf(server ?? known), waitSeconds, prompts: !silent }
}
