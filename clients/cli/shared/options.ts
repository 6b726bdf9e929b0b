import type { Environment, OptionSpec } from './command'
import { usage } from './trouble'

/** `--server`, the same everywhere. */
export const SERVER = {
  type: 'string',
  value: 'URL',
  says: 'this console, as http://localhost:3000 (else COUNTERSIGN_SERVER)',
} as const satisfies OptionSpec

/** `--server` of what a login is enough for. */
export const LOGGED_IN_AT = {
  type: 'string',
  value: 'URL',
  says: 'the console (COUNTERSIGN_SERVER; the only one you are logged in at)',
} as const satisfies OptionSpec

/** The server that was said, without a slash at its end. @throws Trouble where none was, it is no address, or secrets would go there in the open */
export function serverOf(given: string | undefined, env: Environment): string {
  const said = given ?? env.COUNTERSIGN_SERVER?.split(/\s+/).find((each) => each !== '')
  if (said === undefined || said === '') throw usage('Say which server: --server http://localhost:3000')
  if (!isServer(said))
    throw usage(`${JSON.stringify(said)} is no address of a server: say --server http://localhost:3000`)
  refuseOpenRoad(said, env)
  return said.replace(/\/+$/, '')
}

export function isServer(url: string): boolean {
  return URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)
}

/** Over plain http, to another machine, whoever is between reads the secret. @throws Trouble, unless that was accepted */
export function refuseOpenRoad(server: string, env: Environment): void {
  const { protocol, hostname } = new URL(server)
  const here = hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d+){3}$/.test(hostname)
  if (protocol === 'https:' || here || env.COUNTERSIGN_PLAIN_HTTP === '1') return
  throw usage(
    `${server} is another machine, and not https: whoever is between would read your token. COUNTERSIGN_PLAIN_HTTP=1 accepts that.`,
  )
}
