import http from 'node:http'
import https from 'node:https'
import { failureOf } from '@/lib/notify/failure'
import { guardedLookup, refuseBarredLiteral } from '@/lib/notify/reach'
import { unreached, upstreamError, type UpstreamError } from './failure'
import { allowedFor } from './reach'
import type { Connected } from './read'

/** One HTTP request to an upstream. `headers` are ours: nothing of the agent's credential is ever among them. */
export type UpstreamRequest = {
  method: 'GET' | 'POST' | 'DELETE'
  headers: Readonly<Record<string, string>>
  body: string | null
  signal: AbortSignal
  /** until the first byte of the answer's head, in milliseconds */
  timeoutMs: number
}

const agents = new Map<string, http.Agent>()
const MOST_AGENTS = 2 * 200

/**
 * Sends a request to an upstream over a connection that only leads where it may (SSRF): the address that was judged is the one connected to,
 * redirects are answers, and no proxy of the environment is used. The credential kept for it is added here.
 * @throws UpstreamError `upstream_unreachable`, `upstream_address`, `upstream_timeout`; or what aborted the signal
 */
export async function callUpstream(to: Connected, request: UpstreamRequest): Promise<http.IncomingMessage> {
  const url = new URL(to.address)
  const { method, body, signal, timeoutMs } = request
  try {
    refuseBarredLiteral(url.hostname, allowedFor(url, to.private))
  } catch (error) {
    throw unreached(failed(error))
  }
  const send = url.protocol === 'https:' ? https.request : http.request
  const headers = {
    ...request.headers,
    ...(to.credential !== null && { [to.credential.header]: to.credential.value }),
    ...(body !== null && { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)) }),
    'accept-encoding': 'identity',
    'user-agent': 'countersign',
  }
  return new Promise((resolve, reject) => {
    const sent = send(url, { method, headers, signal, agent: agentFor(url, to.private) })
    let connected = false
    sent.once('socket', (socket) => {
      if (socket.connecting) socket.once('connect', () => (connected = true))
      else connected = true
    })
    const timer = setTimeout(() => sent.destroy(upstreamError('upstream_timeout')), timeoutMs)
    sent.on('response', (response) => {
      clearTimeout(timer)
      resolve(response)
    })
    sent.on('error', (error) => {
      clearTimeout(timer)
      if (signal.aborted) reject(error)
      else reject(connected ? failed(error) : unreached(failed(error)))
    })
    sent.end(body ?? undefined)
  })
}

function failed(error: unknown): UpstreamError {
  if (error instanceof Error && 'upstream' in error) return error as UpstreamError
  const { code } = failureOf(error)
  if (code === 'address' || code === 'plain') return upstreamError('upstream_address', error)
  return upstreamError(
    code === 'timeout' ? 'upstream_timeout' : code === 'broken' ? 'upstream_broken' : 'upstream_unreachable',
    error,
  )
}

function agentFor(url: URL, inside: boolean): http.Agent {
  const key = `${url.origin} ${String(inside)}`
  const known = agents.get(key)
  if (known !== undefined) return known
  if (agents.size >= MOST_AGENTS) closeConnections()
  const options = { keepAlive: true, timeout: 60_000, lookup: guardedLookup(allowedFor(url, inside)) }
  const made =
    url.protocol === 'https:'
      ? new https.Agent({ ...options, rejectUnauthorized: true, minVersion: 'TLSv1.2' })
      : new http.Agent(options)
  agents.set(key, made)
  return made
}

/** Ends the connections that are kept: for a server that stops. */
export function closeConnections(): void {
  for (const agent of agents.values()) agent.destroy()
  agents.clear()
}
