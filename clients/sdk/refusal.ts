import { setTimeout as sleep } from 'node:timers/promises'

/**
 * A refusal of the server (RFC 9457, `status` is its own); or nobody could be asked (`unreachable`), or answered what cannot be read
 * (`unreadable`), both with status 0. Whatever it says, the action must not run.
 */
export type Refusal = Error & { code: string; status: number; retryAfterSeconds?: number }

export function refusal(code: string, status: number, detail: string, retryAfterSeconds?: number): Refusal {
  return Object.assign(new Error(detail), { name: 'Refusal', code, status, retryAfterSeconds })
}

/** The refusal that a response says; a body that is no problem document is `unreadable`. */
export async function refusalOf(response: Response): Promise<Refusal> {
  const body = ((await response.json().catch(() => null)) ?? {}) as {
    code?: string
    error?: string
    title?: string
    detail?: string
  }
  const after = Number(response.headers.get('Retry-After'))
  const code = body.code ?? body.error ?? 'unreadable'
  const detail = body.detail ?? body.title ?? `HTTP ${response.status}`
  return refusal(code, response.status, detail, after > 0 ? after : undefined)
}

/**
 * `fetch`, whose failure is a refusal: `unreachable`. A redirect is one too, since credentials go to no other address.
 * @throws Refusal, or the reason of a signal that fired
 */
export async function fetched(address: URL, init: RequestInit): Promise<Response> {
  try {
    return await fetch(address, { ...init, redirect: 'error' })
  } catch (error) {
    init.signal?.throwIfAborted()
    const { cause, message } = error as Error & { cause?: { code?: string; message?: string } }
    throw refusal('unreachable', 0, `${address.host} cannot be asked: ${cause?.code ?? cause?.message ?? message}`)
  }
}

/** What the body of an answer says. @throws Refusal `unreadable`, or the reason of a signal that fired */
export async function readBody(response: Response, signal: AbortSignal | undefined): Promise<unknown> {
  try {
    return await response.json()
  } catch (error) {
    signal?.throwIfAborted()
    throw refusal('unreadable', 0, `The answer cannot be read: ${(error as Error).message}`)
  }
}

const PASSING: ReadonlySet<number> = new Set([0, 429, 502, 503, 504])
const FIRST_MS = 250
const LONGEST_MS = 10_000

/** Whether the same may be asked again soon: nobody could be reached, the server is starting, stopping or busy. */
const isPassing = (error: unknown): boolean => PASSING.has((error as Partial<Refusal>).status ?? -1)

/**
 * Asks again, with back-off and as late as the server says, for so many milliseconds; only for what may be asked twice.
 * @throws the last refusal once the patience is over, at once what is no passing one, and the reason of `signal`
 */
export async function patiently<T>(ask: () => Promise<T>, patienceMs: number, signal?: AbortSignal): Promise<T> {
  const until = performance.now() + patienceMs
  for (let wait = FIRST_MS; ; wait = Math.min(wait * 2, LONGEST_MS)) {
    try {
      return await ask()
    } catch (error) {
      const pause = Math.max(wait * (0.5 + Math.random()), ((error as Partial<Refusal>).retryAfterSeconds ?? 0) * 1_000)
      if (!isPassing(error) || performance.now() + pause > until) throw error
      await sleep(pause, undefined, signal && { signal }).catch(() => undefined)
      signal?.throwIfAborted()
    }
  }
}
