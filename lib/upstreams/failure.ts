/** How an upstream failed a call: closed, and told apart in the ledger. `says` is for the agent; nothing of the upstream's own words is in it. */
export const UPSTREAM_FAILURES = {
  upstream_unreachable: 'No connection to the server could be made.',
  upstream_address: 'The address of the server is not one that is connected to.',
  upstream_timeout: 'The server did not answer in time.',
  upstream_endless: 'The server went on sending for longer than a call may take.',
  upstream_too_large: 'The server’s answer is larger than is taken.',
  upstream_malformed: 'The server’s answer is not what the protocol asks for.',
  upstream_foreign: 'The server answered something that was not asked.',
  upstream_broken: 'The connection ended before the server had answered.',
  upstream_credential: 'The server refused the credential kept for it.',
  upstream_status: 'The server refused the request.',
  upstream_program: 'The program could not be started, or it ended.',
} as const
export type UpstreamFailure = keyof typeof UPSTREAM_FAILURES

/** An upstream's failure as an error; `code` is closed. */
export type UpstreamError = Error & {
  readonly upstream: UpstreamFailure
  readonly status?: number
  /** false where it is certain that the upstream got nothing of the request */
  readonly reached?: false
}

export function upstreamError(code: UpstreamFailure, cause?: unknown, status?: number): UpstreamError {
  const error = new Error(UPSTREAM_FAILURES[code], cause === undefined ? undefined : { cause })
  return Object.assign(error, { upstream: code, ...(status !== undefined && { status }) })
}

/** An upstream's failure where no connection was made: nothing of the request left this server. */
export function unreached(error: UpstreamError): UpstreamError {
  return Object.assign(error, { reached: false as const })
}

export function isUpstreamError(value: unknown): value is UpstreamError {
  return value instanceof Error && 'upstream' in value && Object.hasOwn(UPSTREAM_FAILURES, String(value.upstream))
}
