import type { Terminal } from '../shared/terminal'
import { Trouble } from '../shared/trouble'

type Made = { id: string; token: string; expires_at: string }
type Listed = {
  tokens: { id: string; machine: string; state: string; made_at: string; expires_at: string; heard_at: string | null }[]
}

export type TokenOptions = { server: string; hours: string | undefined; machine: string; json: boolean }

/** `hook token`: prints a token for one session, and nothing else, so that it can be captured. */
export async function makeToken({ server, hours, machine, json }: TokenOptions, terminal: Terminal): Promise<void> {
  const number = hours === undefined ? undefined : Number(hours)
  if (number !== undefined && !(number > 0 && number <= 24)) throw new Trouble('--hours is a number, at most 24.', 2)
  const access = await accessToken(server)
  const made = await ask<Made>(server, access, 'POST', '/api/v1/hook-tokens', {
    machine,
    ...(number !== undefined && { hours: number }),
  })
  terminal.out(json ? `${JSON.stringify(made)}\n` : `${made.token}\n`)
  terminal.error(
    `It ends ${made.expires_at}. To end it now: npx countersign hook token --revoke ${made.id} --server ${server}\n`,
  )
}

/** `hook token --list` */
export async function listTokens(server: string, json: boolean, terminal: Terminal): Promise<void> {
  const { tokens } = await ask<Listed>(server, await accessToken(server), 'GET', '/api/v1/hook-tokens')
  if (json) terminal.out(`${JSON.stringify({ tokens })}\n`)
  else if (tokens.length === 0) terminal.out('None was ever made.\n')
  else
    for (const { id, machine, state, expires_at: ends, heard_at: heard } of tokens)
      terminal.out(`${id}  ${state.padEnd(7)}  ends ${ends}  heard ${heard ?? 'never'}  ${JSON.stringify(machine)}\n`)
}

/** `hook token --revoke ID` */
export async function revokeToken(server: string, id: string, terminal: Terminal): Promise<void> {
  await ask(server, await accessToken(server), 'POST', `/api/v1/hook-tokens/${encodeURIComponent(id)}/revocation`, {})
  terminal.out(`${id} is revoked: the next call of its session is denied.\n`)
}

async function accessToken(server: string): Promise<string> {
  const { COUNTERSIGN_CLIENT_ID: id, COUNTERSIGN_CLIENT_SECRET: secret } = process.env
  if (id === undefined || secret === undefined || id === '' || secret === '')
    throw new Trouble('COUNTERSIGN_CLIENT_ID and COUNTERSIGN_CLIENT_SECRET hold the credential of the agent.', 2)
  const body = new URLSearchParams({ grant_type: 'client_credentials', client_id: id, client_secret: secret })
  const { status, value } = await send(server, '/oauth/token', { method: 'POST', body })
  const { access_token: token, error_description: why } = value as { access_token?: string; error_description?: string }
  if (status !== 200 || token === undefined)
    throw new Trouble(`${server} gave no token: ${why ?? `it answered ${String(status)}`}`)
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
  )
}

async function send(server: string, path: string, init: RequestInit): Promise<{ status: number; value: unknown }> {
  let answer: Response
  try {
    answer = await fetch(`${server}${path}`, { ...init, redirect: 'manual', signal: AbortSignal.timeout(30_000) })
  } catch {
    throw new Trouble(`${server} does not answer.`)
  }
  const value: unknown = await answer.json().catch(() => ({}))
  return { status: answer.status, value: value ?? {} }
}
