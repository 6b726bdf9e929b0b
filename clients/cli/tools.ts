import { command } from './shared/command'
import { EXITS } from './shared/exits'
import { LOGGED_IN_AT } from './shared/options'
import { personSession } from './shared/session'
import { usage } from './shared/trouble'
import { runVerb, type Verb } from './shared/verb'
import { overHttp } from './tools/http'
import { listTools } from './tools/list'
import { postList } from './tools/post'
import { overStdio } from './tools/stdio'

export const verb: Verb = {
  name: 'tools',
  summary: 'takes what an MCP server says of its tools into the catalogue',
  commands: [
    command({
      words: 'import',
      summary: 'asks an MCP server for its tools, and posts the list to the catalogue',
      options: {
        mcp: { type: 'string', value: 'URL', says: 'the MCP server over HTTP' },
        stdio: { type: 'string', value: '"COMMAND ARGS"', says: 'the MCP server as a program' },
        header: {
          type: 'string',
          value: '"NAME: VALUE"',
          multiple: true,
          default: [],
          says: 'sent with every request to --mcp; may be given again',
        },
        name: {
          type: 'string',
          value: 'NAME',
          says: 'the server as agents call its tools, the crm of crm.refund_request (what it calls itself)',
        },
        server: LOGGED_IN_AT,
        print: {
          type: 'boolean',
          default: false,
          says: 'prints the list instead, to paste on the page of the catalogue',
        },
      },
      about: `Asks with tools/list, every page. New tools wait for somebody to confirm them; a tool that changed is held until somebody has read what it says now. No
tool is called.\n\nIt asks as whoever logged in (countersign login), or by an API token of yours in COUNTERSIGN_TOKEN (/settings/tokens).`,
      examples: [
        'npx countersign tools import --mcp http://localhost:8080/mcp --name crm --server http://localhost:3000',
        'npx countersign tools import --stdio "npx my-server" --print',
      ],
      exits: {
        no: 'the MCP server or the console refused',
        signed_out: 'not logged in, or the login is over: npx countersign login',
        unreachable: 'the MCP server or the console does not answer',
      },
      run: async ({ values }, { env }) => {
        const { mcp, stdio, print, server } = values
        if ((mcp === undefined) === (stdio === undefined)) throw usage('Say either --mcp URL or --stdio "COMMAND".')
        if (print && server !== undefined) throw usage('Say either --server URL or --print.')
        const session = print ? null : personSession(server, env)
        const peer = mcp !== undefined ? overHttp(mcp, values.header) : overStdio(stdio ?? '')
        const listed = await listTools(peer)
        if (session === null) {
          const { tools } = listed
          return { exit: EXITS.done, result: { tools }, text: `${JSON.stringify({ tools }, null, 2)}\n` }
        }
        const name = values.name ?? listed.calls
        if (!/^[A-Za-z0-9_-]{1,64}$/.test(name))
          throw usage(`Say --name: the server calls itself ${JSON.stringify(name)}, which no boundary can name.`)
        const { words, ...imported } = await postList(session, name, listed.tools)
        return { exit: EXITS.done, result: { server: name, ...imported }, text: `${words}\n` }
      },
    }),
  ],
}
/** `npx countersign tools` */
export const run = runVerb(verb)
