import { readFileSync } from 'node:fs'
import type { BrowserContext } from '@playwright/test'

/**
 * Everything that went wrong while somebody looked: errors and warnings on the browser's console (a violated CSP is one),
 * exceptions nobody caught, requests that failed or were refused, and whatever the server wrote to its standard error. A test that
 * provokes a refusal says so beforehand, with `expect`; everything else fails it.
 */
export class Complaints {
  readonly #heard: string[] = []
  readonly #expected: RegExp[] = []
  readonly #serverErrors: string
  #read: number

  constructor(serverErrors: string) {
    this.#serverErrors = serverErrors
    this.#read = readFileSync(serverErrors, 'utf8').length
  }

  /** A refusal this test provokes, as it is written here: `404 GET /agents/nobody`. */
  expect(pattern: RegExp): void {
    this.#expected.push(pattern)
  }

  /** @param scripts whether JavaScript is on: a browser without it says of every script that it was blocked */
  listen(context: BrowserContext, scripts = true): void {
    context.on('console', (message) => {
      if (!['error', 'warning'].includes(message.type())) return
      // Chromium's echo of an answer that `response` below has seen, with its method and address.
      if (message.text().startsWith('Failed to load resource')) return
      this.#heard.push(`console ${message.type()}: ${message.text()} (${message.location().url})`)
    })
    context.on('weberror', (error) => this.#heard.push(`uncaught: ${error.error().stack ?? String(error.error())}`))
    context.on('response', (response) => {
      if (response.status() < 400) return
      this.#heard.push(`${response.status()} ${response.request().method()} ${pathOf(response.url())}`)
    })
    context.on('requestfailed', (request) => {
      const why = request.failure()?.errorText ?? 'failed'
      // A page that is left drops what it had asked for: nobody waits for that any more.
      if (why === 'net::ERR_ABORTED') return
      if (!scripts && request.resourceType() === 'script') return
      this.#heard.push(`${why} ${request.method()} ${pathOf(request.url())}`)
    })
  }

  /** What nobody said to expect. */
  unexpected(): string[] {
    return [...this.#heard, ...this.#serverSaid()].filter(
      (line) => !this.#expected.some((pattern) => pattern.test(line)),
    )
  }

  #serverSaid(): string[] {
    const text = readFileSync(this.#serverErrors, 'utf8')
    const said = text.slice(this.#read).trim()
    this.#read = text.length
    return said === '' ? [] : [`server: ${said}`]
  }
}

function pathOf(url: string): string {
  const { pathname, search } = new URL(url)
  return pathname + search
}
