import { readLogins } from './logins'
import type { Environment } from './command'
import { refuseOpenRoad } from './options'
import { type Exit, EXITS, exitForStatus } from './exits'
import { Trouble, usage } from './trouble'

/** The exits of every command that asks as a person. */
export const NOT_REACHED = {
  no: 'refused, and why',
  signed_out: 'not logged in, or the login is over: npx countersign login',
  unreachable: 'the server does not answer',
} as const satisfies Partial<Record<Exit, string>>

/** A person at a server, as this command line speaks for them. */
export type PersonSession = {
  /** its origin */
  server: string
  /**
   * Asks the console's API and answers what it answered, as JSON.
   * @throws Trouble saying what was refused, or that the login is over and what to run
   */
  ask: <T>(method: 'GET' | 'POST' | 'PUT', path: string, body?: object) => Promise<T>
}

/** A person's tokens that are taken from the environment, for scripts that nobody logs in for; other tokens there are for other things. */
const API_TOKEN = /^cst_[A-Za-z0-9_-]{43}$/
const LOGIN_TOKEN = /^cs_cli_[A-Za-z0-9_-]{43}$/
const PATIENCE_MS = 30_000

/**
 * Whoever logged in here with `countersign login`, at the server that is said (`--server`, else COUNTERSIGN_SERVER, else the only one there is
 * a login for). COUNTERSIGN_TOKEN stands before a login where it holds a person's token, for the servers COUNTERSIGN_SERVER names.
 * @throws Trouble saying to run `countersign login`, or that the way there is open to whoever is between
 */
export function personSession(server: string | undefined, env: Environment): PersonSession {
  const logins = readLogins(env)
  const origin = originOf(server, env, Object.keys(logins))
  refuseOpenRoad(origin, env)
  const token = personToken(origin, env)
  if (token === undefined) throw loggedOut(origin, 'You are not logged in')
  return {
    server: origin,
    ask: async <T>(method: 'GET' | 'POST' | 'PUT', path: string, body?: object) => {
      const { status, value } = await send(origin, path, {
        method,
        headers: {
          authorization: `Bearer ${token}`,
          ...(body !== undefined && { 'content-type': 'application/json' }),
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      })
      if (status < 300) return value as T
      if (status === 401) throw loggedOut(origin, 'Your login was ended or is over')
      throw refusal(origin, status, value)
    },
  }
}

/** The token of whoever is logged in at an origin, or whose the environment holds; undefined where there is none. */
export function personToken(origin: string, env: Environment): string | undefined {
  return fromEnvironment(origin, env) ?? readLogins(env)[origin]?.token
}

/** Whether a token is a login of this command line, by its form. */
export const isLoginToken = (token: string): boolean => LOGIN_TOKEN.test(token)

/** A token goes to the server it was made at: not to another that `--server` happens to name. */
function fromEnvironment(origin: string, env: Environment): string | undefined {
  const given = env.COUNTERSIGN_TOKEN ?? ''
  const named = (env.COUNTERSIGN_SERVER ?? '').split(/\s+/).filter((each) => URL.canParse(each))
  const here = named.some((each) => new URL(each).origin === origin)
  if (LOGIN_TOKEN.test(given)) return here ? given : undefined
  return API_TOKEN.test(given) && (here || named.length === 0) ? given : undefined
}

/**
 * The origin of a server: the one said, else the first of COUNTERSIGN_SERVER, else the only one of those known.
 * @throws Trouble, wrong usage
 */
export function originOf(given: string | undefined, env: Environment, known: readonly string[] = []): string {
  const said = given ?? env.COUNTERSIGN_SERVER?.split(/\s+/).find((each) => each !== '')
  if (said === undefined && known.length === 1 && known[0] !== undefined) return known[0]
  if (said === undefined)
    throw usage(
      known.length === 0
        ? 'Say which server: --server https://countersign.example.com'
        : `You are logged in at ${known.join(' and ')}: say which with --server.`,
    )
  if (!URL.canParse(said) || !/^https?:$/.test(new URL(said).protocol))
    throw usage(`${JSON.stringify(said)} is no address of a server.`)
  return new URL(said).origin
}

/** Sends a request nobody redirects, and answers status and JSON. @throws Trouble where nothing answers */
export async function send(
  origin: string,
  path: string,
  init: RequestInit,
): Promise<{ status: number; value: unknown; retryAfter: number | null }> {
  let answer: Response
  try {
    answer = await fetch(new URL(path, origin), {
      ...init,
      redirect: 'error',
      signal: AbortSignal.timeout(PATIENCE_MS),
    })
  } catch {
    throw new Trouble(`${origin} does not answer.`, EXITS.unreachable)
  }
  const value: unknown = await answer.json().catch(() => ({}))
  const after = Number(answer.headers.get('retry-after') ?? NaN)
  return { status: answer.status, value: value ?? {}, retryAfter: Number.isFinite(after) ? after : null }
}

function loggedOut(origin: string, why: string): Trouble {
  return new Trouble(`${why} at ${origin}: run  npx countersign login --server ${origin}`, EXITS.signed_out)
}

function refusal(origin: string, status: number, value: unknown): Trouble {
  const { detail, title, code } = value as { detail?: string; title?: string; code?: string }
  const says = detail ?? title ?? `it answered ${String(status)}`
  return new Trouble(`${origin} refused: ${says}${code === undefined ? '' : ` (${code})`}`, exitForStatus(status), code)
}
