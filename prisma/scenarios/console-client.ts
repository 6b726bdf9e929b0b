/** A refusal of the console's API: its closed code, and the sentence a person would have read. */
export type ConsoleRefusal = Error & { code: string; status: number }

/**
 * One person at the console, without a browser: the same addresses, cookies and checks, JSON instead of forms. The demo and the
 * journeys make their organisation with it, so that nothing is inserted behind the product's back.
 */
export class ConsoleClient {
  readonly #server: string
  readonly #cookies = new Map<string, string>()

  constructor(server: string) {
    this.#server = server
  }

  /** Signs in by e-mail and password. */
  async signIn(email: string, password: string): Promise<this> {
    await this.post('/api/console/sessions', { email, password })
    return this
  }

  async post<T = unknown>(path: string, body: unknown = {}): Promise<T> {
    return this.#request('POST', path, body)
  }

  async get<T = unknown>(path: string): Promise<T> {
    return this.#request('GET', path)
  }

  /** The session as a `Cookie` header, for a browser that should find itself signed in. */
  cookieHeader(): string {
    return Array.from(this.#cookies, ([name, value]) => `${name}=${value}`).join('; ')
  }

  async #request<T>(method: string, path: string, body?: unknown): Promise<T> {
    const response = await fetch(new URL(path, this.#server), {
      method,
      redirect: 'manual',
      headers: {
        // what a browser says of a page of our own; without it every write is refused as coming from another site
        Origin: new URL(this.#server).origin,
        'Sec-Fetch-Site': 'same-origin',
        Accept: 'application/json',
        Cookie: this.cookieHeader(),
        ...(body !== undefined && { 'Content-Type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    for (const cookie of response.headers.getSetCookie()) {
      const [pair = ''] = cookie.split(';')
      const at = pair.indexOf('=')
      this.#cookies.set(pair.slice(0, at), pair.slice(at + 1))
    }
    const text = await response.text()
    const answer = (text === '' ? {} : JSON.parse(text)) as {
      code?: string
      title?: string
      detail?: string
      errors?: unknown
    }
    if (response.ok) return answer as T
    const said = `${method} ${path}: ${answer.detail ?? answer.title ?? response.status} ${answer.errors ? JSON.stringify(answer.errors) : ''}`
    throw Object.assign(new Error(said), {
      name: 'ConsoleRefusal',
      code: answer.code ?? 'unreadable',
      status: response.status,
    })
  }
}
