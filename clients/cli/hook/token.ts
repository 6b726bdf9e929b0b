import type { Outcome } from '../shared/command'
import { EXITS, exitForStatus } from '../shared/exits'
import { Trouble, usage } from '../shared/trouble'

type Made = { id: string; token: string; expires_at: string }
type Listed = {
  tokens: { id: string; machine: string; state: string; made_at: string; expires_at: string; heard_at: string | null }[]
}

export type TokenOptions = { server: string; hours: string | undefined; machine: string }
type Credential = { clientId: string; clientSecret: string }

/** `hook token`: prints a token for one session, and nothing else, so that it can be captured. */
export async function makeToken(
  { server, hours, machine }: TokenOptions,
  credential: Credential,
  note: (text: string) => void,
): Promise<Outcome> {
  const number = hours === undefined ? undefined : Number(hours)
  if (number !== undefined && !(number > 0 && number <= 24)) throw usage('--hours is a number, at most 24.')
  const access = await accessToken(server, credential)
  const made = await ask<Made>(server, access, 'POST', '/api/v1/hook-tokens', {
    machine,
    ...(number !== undefined && { hours: number }),
  })
  note(`It ends ${made.expires_at}. To end it now: npx countersign hook token --revoke ${made.id} --server ${server}\n`)
  return { exit: EXITS.done, result: made, text: `${made.token}\n` }
}

/** `hook token --list` */
export async function listTokens(server: string, credential: Credential): Promise<Outcome> {
  const access = await accessToken(server, credential)
  const { tokens } = await ask<Listed>(server, access, 'GET', '/api/v1/hook-tokens')
  const lines = tokens.map(
    ({ id, machine, state, expires_at: ends, heard_at: heard }) =>
      `${id}  ${state.padEnd(7)}  ends ${ends}  heard ${heard ?? 'never'}  ${JSON.stringify(machine)}\n`,
  )
  return {
    exit: EXITS.done,
    result: { tokens },
    text: lines.length === 0 ? 'None was ever made.\n' : lines.join(''),
  }
}

/** `hook token --revoke ID` */
export async function revokeToken(server: string, credential: Credential, id: string): Promise<Outcome> {
  const access = await accessToken(server, credential)
  await ask(server, access, 'POST', `/api/v1/hook-tokens/${encodeURIComponent(id)}/revocation`, {})
  const text = `${id} is revoked: the next call of its session is denied.\n`
  return { exit: EXITS.done, result: { id, revoked: true }, text }
}

async function accessToken(server: string, { clientId: id, clientSecret: secret }: Credential): Promise<string> {
  const body = new URLSearchParams({ grant_type: 'client_credentials', client_id: id, client_secret: secret })
  const { status, value } = await send(server, '/oauth/token', { method: 'POST', body })
  const { access_token: token, error, error_description: why } = value as Record<string, string | undefined>
  if (status !== 200 || token === undefined)
    throw new Trouble(
      `${server} gave no token: ${why ?? `it answered ${String(status)}`}`,
      exitForStatus(status),
      error,
    )
  return token
}

async function ask<T>(server: string, token: string, method: 'GET' | 'POST', path: string, body?: object): Promise<T> {
  const { status, value } = await send(server, path, {
    method,
    headers: { authorization: `Bearer ${token}`, ...(body !== undefined && { 'content-type': 'application/json' }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  if (status === 200) return value as T
  const { detail, title, code } = value as { detail?: string; title?: string; code?: string }
  throw new Trouble(
    `${server} refused: ${detail ?? title ?? `it answered ${String(status)}`}${code === undefined ? '' : ` (${code})`}`,
    exitForStatus(status),
    code,
  )
}

async function send(server: string, path: string, init: RequestInit): Promise<{ status: number; value: unknown }> {
  let answer: Response
  try {
    answer = await fetch(`${server}${path}`, { ...init, redirect: 'manual', signal: AbortSignal.timeout(30_000) })
  } catch {
    throw new Trouble(`${server} does not answer.`, EXITS.unreachable)
  }
  const value: unknown = await answer.json().catch(() => ({}))
  return { status: answer.status, value: value ?? {} }
}
