import type { FaultCode, Problem } from '@/lib/core/fault'

/** A refusal of our own API, or `network` when no answer came at all. Branch on `code`. */
export type ApiProblem = Error & {
  readonly name: 'ApiProblem'
  readonly code: FaultCode | 'network'
  readonly status: number
  readonly field?: string
  readonly errors: readonly { field: string; detail: string; line?: number; column?: number }[]
  readonly requestId?: string
}

/** Whether something thrown is a refusal by our own API. */
export function isApiProblem(value: unknown): value is ApiProblem {
  return value instanceof Error && value.name === 'ApiProblem'
}

/**
 * Reads JSON from the console's API.
 * @throws ApiProblem
 */
export function getJson<T>(url: string, init: { signal?: AbortSignal } = {}): Promise<T> {
  return request<T>(url, { method: 'GET', signal: init.signal })
}

/**
 * Sends JSON to the console's API and reads the answer. Never retried here: a verdict sent twice is a question for a person.
 * @throws ApiProblem
 */
export function postJson<T>(
  url: string,
  body: unknown,
  init: { signal?: AbortSignal; /** sent even if the page is just closing */ keepalive?: boolean } = {},
): Promise<T> {
  return request<T>(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    ...init,
  })
}

async function request<T>(url: string, init: RequestInit): Promise<T> {
  const response = await fetch(url, {
    ...init,
    headers: { accept: 'application/json', ...init.headers },
    redirect: 'error',
  }).catch((cause: unknown) => {
    throw isAbort(cause) ? cause : problem({ code: 'network', status: 0, detail: 'The server did not answer.' })
  })
  if (response.status === 204) return undefined as T
  const body: unknown = await response.json().catch(() => undefined)
  if (response.ok) return body as T
  throw fromProblem(body, response)
}

function fromProblem(body: unknown, response: Response): ApiProblem {
  const given = typeof body === 'object' && body !== null ? (body as Partial<Problem>) : {}
  return problem({
    code:
      given.code ??
      (response.status === 401 ? 'unauthenticated' : response.status >= 500 ? 'unavailable' : 'invalid_request'),
    status: response.status,
    detail: given.detail ?? given.title ?? `The server answered ${response.status}.`,
    field: given.field,
    errors: given.errors,
    requestId: given.request_id ?? response.headers.get('x-request-id') ?? undefined,
  })
}

function problem(is: {
  code: ApiProblem['code']
  status: number
  detail: string
  field?: string
  errors?: ApiProblem['errors']
  requestId?: string
}): ApiProblem {
  const { detail, errors = [], ...rest } = is
  return Object.assign(new Error(detail), { ...rest, errors, name: 'ApiProblem' as const })
}

const isAbort = (cause: unknown): boolean => cause instanceof DOMException && cause.name === 'AbortError'
