import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { COMMAND_LINE_CLIENT, COMMAND_LINE_TOKEN, DEVICE_CODE_GRANT } from '@/lib/people/device-login'
import { send } from '../shared/session'
import { EXITS } from '../shared/exits'
import { Trouble } from '../shared/trouble'

const asked = z.object({
  device_code: z.string(),
  user_code: z.string().regex(/^[A-Z-]{4,20}$/),
  verification_uri: z.url(),
  verification_uri_complete: z.url(),
  expires_in: z.number().positive(),
  interval: z.number().positive().default(5),
})
const given = z.object({ access_token: z.string().regex(COMMAND_LINE_TOKEN), expires_in: z.number().positive() })
export type Asked = z.infer<typeof asked>

/** Asks a server to let this command line in (RFC 8628 §3.1). @throws Trouble */
export async function askToBeLetIn(origin: string, machine: string): Promise<Asked> {
  const { status, value } = await post(origin, '/oauth/device_authorization', { machine })
  const answer = asked.safeParse(value)
  if (status !== 200 || !answer.success) throw refused(origin, status, value)
  // whoever follows the link signs in there: a page that is not the server's own would learn the code, or more
  for (const page of [answer.data.verification_uri, answer.data.verification_uri_complete])
    if (!sameServer(new URL(page), new URL(origin)))
      throw new Trouble(
        `${origin} sends you to ${new URL(page).origin}, which is another address. If that is your console, log in there: --server ${new URL(page).origin}`,
      )
  return answer.data
}

const LOOPBACK: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]'])

/** The same origin; this very machine has several names. */
function sameServer(page: URL, server: URL): boolean {
  if (page.origin === server.origin && page.origin !== 'null') return true
  const local = LOOPBACK.has(page.hostname) && LOOPBACK.has(server.hostname)
  return local && page.port === server.port && page.protocol === server.protocol
}

/**
 * Waits until somebody answers, asking as often as the server lets it (RFC 8628 §3.4, §3.5).
 * @throws Trouble where it is refused, over or stopped
 */
export async function waitForAnswer(
  origin: string,
  login: Asked,
  stopping?: AbortSignal,
): Promise<{ token: string; expiresAt: Date }> {
  let seconds = login.interval
  const ends = Date.now() + login.expires_in * 1_000
  while (Date.now() < ends) {
    await sleep(seconds * 1_000, undefined, { signal: stopping }).catch(() => {
      throw new Trouble('Stopped: nothing was logged in.')
    })
    const { status, value } = await post(origin, '/oauth/token', {
      grant_type: DEVICE_CODE_GRANT,
      device_code: login.device_code,
    }).catch(silent)
    const token = given.safeParse(value)
    if (status === 200 && token.success)
      return { token: token.data.access_token, expiresAt: new Date(Date.now() + token.data.expires_in * 1_000) }
    const { error } = value as { error?: string }
    if (error === 'slow_down') seconds += 5
    // a server that does not answer, or is asked too much, is asked half as often (§3.5)
    else if (status === 0 || status === 429 || status >= 500) seconds = Math.min(60, seconds * 2)
    else if (error === 'access_denied') throw new Trouble('Refused: nothing was logged in.')
    else if (error === 'expired_token') break
    else if (error !== 'authorization_pending') throw refused(origin, status, value)
  }
  throw new Trouble('Nobody answered in time. Begin again.', EXITS.waiting)
}

/** Gives a token back (RFC 7009). @throws Trouble where the server does not take it */
export async function giveBack(origin: string, token: string): Promise<void> {
  const { status, value } = await post(origin, '/oauth/revoke', { token })
  if (status !== 200) throw refused(origin, status, value)
}

function post(origin: string, path: string, fields: Readonly<Record<string, string>>) {
  const body = new URLSearchParams({ client_id: COMMAND_LINE_CLIENT, ...fields })
  return send(origin, path, { method: 'POST', body, headers: { 'user-agent': 'countersign' } })
}

/** While it waits, a server that does not answer is one that may again. */
function silent(error: unknown): { status: number; value: unknown } {
  if (error instanceof Trouble) return { status: 0, value: {} }
  throw error
}

function refused(origin: string, status: number, value: unknown): Trouble {
  const { error_description: says, error } = value as { error_description?: string; error?: string }
  return new Trouble(
    `${origin} refused: ${says ?? error ?? `it answered ${String(status)}`}`,
    status >= 500 ? EXITS.unreachable : EXITS.no,
    error,
  )
}
