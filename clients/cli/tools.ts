import { readArguments } from './shared/arguments'
import { ownTerminal, type Terminal } from './shared/terminal'
import { Trouble } from './shared/trouble'
import { overHttp } from './tools/http'
import { listTools } from './tools/list'
import { postList } from './tools/post'
import { overStdio } from './tools/stdio'

export const summary = 'take what an MCP server says of its tools into the catalogue'

const USAGE = `Usage: npx countersign tools import (--mcp URL | --stdio "COMMAND ARGS") --name SERVER --server URL
       npx countersign tools import (--mcp URL | --stdio "COMMAND ARGS") --print

Asks an MCP server for its tools (tools/list, every page) and posts the list to the catalogue: new tools wait for somebody to confirm
them; a tool that changed is held until somebody has read what it says now. No tool is called.
--name     the server as agents call its tools, the crm of crm.refund_request; left out: what the server calls itself
--server   this console; you sign in by COUNTERSIGN_EMAIL and COUNTERSIGN_PASSWORD, and out again
--print    prints the list instead, to paste on the page of the catalogue
--header   "Name: value" sent with every request to --mcp; may be given again
Exit: 0 taken; 1 the MCP server or the console refused; 2 wrong usage.
`

const OPTIONS = {
  mcp: { type: 'string' },
  stdio: { type: 'string' },
  name: { type: 'string' },
  server: { type: 'string' },
  print: { type: 'boolean', default: false },
  header: { type: 'string', multiple: true, default: [] as string[] },
  help: { type: 'boolean', short: 'h', default: false },
} as const

/** `npx countersign tools`: answers the exit code. Never a stack: what is wrong is one sentence. */
export async function run(args: string[], terminal: Terminal = ownTerminal()): Promise<number> {
  try {
    const { values, positionals } = readArguments(args, OPTIONS)
    if (values.help) {
      terminal.out(USAGE)
      return 0
    }
    if (positionals.length !== 1 || positionals[0] !== 'import') throw new Trouble('Say what to do: tools import.', 2)
    const { mcp, stdio, print, server } = values
    if ((mcp === undefined) === (stdio === undefined))
      throw new Trouble('Say either --mcp URL or --stdio "COMMAND".', 2)
    if (print === (server !== undefined)) throw new Trouble('Say either --server URL or --print.', 2)
    const peer = mcp !== undefined ? overHttp(mcp, values.header) : overStdio(stdio ?? '')
    const listed = await listTools(peer)
    if (print || server === undefined) {
      terminal.out(`${JSON.stringify({ tools: listed.tools }, null, 2)}\n`)
      return 0
    }
    const name = values.name ?? listed.calls
    if (!/^[A-Za-z0-9_-]{1,64}$/.test(name)) {
      throw new Trouble(`Say --name: the server calls itself ${JSON.stringify(name)}, which no boundary can name.`, 2)
    }
    terminal.out(`${await postList(server, name, listed.tools)}\n`)
    return 0
  } catch (error) {
    if (!(error instanceof Trouble)) throw error
    terminal.error(`${error.message}\n${error.exit === 2 ? `\n${USAGE}` : ''}`)
    return error.exit
  }
}
