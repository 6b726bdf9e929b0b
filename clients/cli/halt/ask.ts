/** What one server answered. `refused`: it did, and nothing was engaged there. */
export type Asked =
  | { kind: 'answered'; server: string; body: Record<string, unknown> }
  | { kind: 'refused'; server: string; status: number; code: string; says: string }
  | { kind: 'silent'; server: string; says: string }

/** How long one server is waited for, in milliseconds: then the next one is asked. */
const PATIENCE_MS = 10_000

/** Asks the servers one after the other until one answers; a server that fails is as good as none, and so is one there is no token for. Answers what the last one said. */
export async function askServers(
  servers: readonly string[],
  token: (server: string) => string | undefined,
  request: { method: 'GET' | 'POST'; body?: unknown },
  told: (asked: Asked) => void,
): Promise<Asked> {
  let last: Asked = { kind: 'silent', server: '', says: 'no server was named' }
  for (const server of servers) {
    const held = token(server)
    last =
      held === undefined
        ? { kind: 'silent', server, says: 'you are not logged in there' }
        : await ask(server, held, request)
    if (last.kind !== 'silent') return last
    told(last)
  }
  return last
}

async function ask(server: string, token: string, request: { method: 'GET' | 'POST'; body?: unknown }): Promise<Asked> {
  try {
    const response = await fetch(new URL('/api/v1/halts', server), {
      method: request.method,
      redirect: 'error',
      signal: AbortSignal.timeout(PATIENCE_MS),
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(request.body !== undefined && { body: JSON.stringify(request.body) }),
    })
    const body = (await response.json()) as Record<string, unknown>
    if (response.ok) return { kind: 'answered', server, body }
    const says = text(body.detail) ?? text(body.title) ?? `status ${String(response.status)}`
    if (response.status >= 500) return { kind: 'silent', server, says }
    return { kind: 'refused', server, status: response.status, code: text(body.code) ?? 'unreadable', says }
  } catch (error) {
    const { cause, message } = error as Error & { cause?: { code?: unknown } }
    return { kind: 'silent', server, says: text(cause?.code) ?? message }
  }
}

const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined)
