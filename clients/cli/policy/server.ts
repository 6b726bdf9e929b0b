import { EXITS, exitForStatus } from '../shared/exits'
import { Trouble } from '../shared/trouble'

/** A text on the server, with what names it. */
export type ServerText = { version: number; digest: string; source: string; drafter: string }
export type ServerBoundary = { slug: string; in_force: ServerText | null; draft: ServerText | null }

const WAIT_MS = 30_000

/** The console's API as a person's token reaches it. */
export class PolicyServer {
  constructor(
    readonly url: string,
    private readonly token: string,
  ) {}

  /** Every boundary there is, the baseline among them; those without a text are left out. */
  async all(): Promise<ServerBoundary[]> {
    const { boundaries } = await this.ask<{ boundaries: { slug: string; inForce: unknown; draft: unknown }[] }>(
      'GET',
      '/api/console/boundaries',
    )
    const found: ServerBoundary[] = []
    for (const { slug, inForce, draft } of boundaries)
      if (inForce !== null || draft !== null) found.push(await this.one(slug))
    return found
  }

  /** One boundary. @throws Trouble where the server knows none of that name */
  one(slug: string): Promise<ServerBoundary> {
    return this.ask('GET', `/api/console/boundaries/${encodeURIComponent(slug)}`)
  }

  /** Saves a draft that was written from a text the server still has. @throws Trouble where it has another by now */
  draft(slug: string, source: string, note: string, base: string): Promise<{ version: number; digest: string }> {
    return this.ask('POST', `/api/console/boundaries/${encodeURIComponent(slug)}/draft`, { source, note, base })
  }

  private async ask<T>(method: 'GET' | 'POST', path: string, body?: object): Promise<T> {
    const response = await fetch(new URL(path, this.url), {
      method,
      headers: {
        authorization: `Bearer ${this.token}`,
        accept: 'application/json',
        ...(body && { 'content-type': 'application/json' }),
      },
      ...(body && { body: JSON.stringify(body) }),
      redirect: 'error',
      signal: AbortSignal.timeout(WAIT_MS),
    }).catch((error: unknown) => {
      const cause = error instanceof Error ? (error.cause ?? error) : error
      throw new Trouble(
        `${this.url} does not answer: ${cause instanceof Error ? cause.message : String(cause)}.`,
        EXITS.unreachable,
      )
    })
    const said: unknown = await response.json().catch(() => null)
    if (response.ok) return said as T
    const { code, detail, errors } = (said ?? {}) as {
      code?: string
      detail?: string
      errors?: { line?: number; column?: number; detail: string }[]
    }
    const places = (errors ?? []).map(
      (each) => `  ${String(each.line ?? 1)}:${String(each.column ?? 1)}: ${each.detail}`,
    )
    throw new Trouble(
      [`${detail ?? `The server answered ${String(response.status)}.`}`, ...places].join('\n'),
      exitForStatus(response.status),
      code,
    )
  }
}
