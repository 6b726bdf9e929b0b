/**
 * Every way Countersign refuses, in one table: the code is the contract (clients branch on it), the status is HTTP's, the
 * title is for people. A code never changes its meaning; v1 only gains codes.
 */
export const FAULTS = {
  // the request itself
  invalid_json: { status: 400, title: 'The body is not JSON we accept' },
  invalid_request: { status: 400, title: 'The request is not valid' },
  invalid_id: { status: 400, title: 'That is not an id of this kind' },
  too_large: { status: 413, title: 'The request is too large' },
  unsupported_media_type: { status: 415, title: 'Send application/json' },
  method_not_allowed: { status: 405, title: 'This address does not answer that method' },
  not_found: { status: 404, title: 'Not found' },
  too_many_requests: { status: 429, title: 'Too many requests' },
  too_many_runs: { status: 429, title: 'As many runs are open as may be' },
  // who is asking
  unauthenticated: { status: 401, title: 'Sign in first' },
  invalid_credential: { status: 401, title: 'The credential is not valid' },
  stop_only: { status: 403, title: 'This token serves only to hear of halts, acknowledge them and report outcomes' },
  not_permitted: { status: 403, title: 'You may not do this' },
  cross_site: { status: 403, title: 'The request came from another site' },
  link_expired: { status: 410, title: 'This link has expired or was used' },
  // what is asked for
  conflict: { status: 409, title: 'It changed in the meantime' },
  already_exists: { status: 409, title: 'That already exists' },
  already_decided: { status: 409, title: 'Somebody has already answered this' },
  digest_mismatch: { status: 409, title: 'What you saw is not what would be answered' },
  wrong_state: { status: 409, title: 'It is not in a state that allows this' },
  watching: { status: 409, title: 'The last widening is still being watched' },
  expired: { status: 409, title: 'Its time is over' },
  lease_lapsed: { status: 409, title: 'The lease of this run has lapsed' },
  frozen: { status: 409, title: 'A halt is in force' },
  passkey_required: { status: 403, title: 'This needs your passkey' },
  passkey_challenge: { status: 409, title: 'This challenge was answered, has expired or was for something else' },
  passkey_refused: { status: 403, title: 'The passkey’s answer does not hold' },
  separation_of_duties: { status: 403, title: 'Somebody else has to do this' },
  idempotency_mismatch: { status: 422, title: 'This idempotency key was used with another body' },
  grant_invalid: { status: 409, title: 'The grant is not valid for this' },
  attestation_refused: { status: 403, title: 'The attestation of the sandbox does not hold' },
  above_ceiling: { status: 409, title: 'It is more than the signed boundary lets anybody grant' },
  invalid_boundary: { status: 400, title: 'The boundary cannot be read' },
  too_slow: { status: 422, title: 'That takes too long to find' },
  // us
  clock_skew: { status: 503, title: 'The clock of this server is off; decisions are refused' },
  cannot_record: { status: 503, title: 'The decision could not be recorded: treat it as forbidden' },
  unavailable: { status: 503, title: 'Not available just now' },
  internal: { status: 500, title: 'Something failed on our side' },
} as const

export type FaultCode = keyof typeof FAULTS

/** What a refusal says beyond its code: the field at fault, a sentence about what to do, and several of them at once. */
export type FaultDetail = {
  field?: string
  detail?: string
  errors?: readonly { field: string; detail: string; line?: number; column?: number }[]
  retryAfterSeconds?: number
  cause?: unknown
}

export type Fault = Error & { readonly code: FaultCode } & Omit<FaultDetail, 'cause'>

/** A refusal to throw. It carries a code, never a class: `instanceof` fails across the two halves of the process (DESIGN §3). */
export function fault(code: FaultCode, detail: FaultDetail = {}): Fault {
  const { cause, ...rest } = detail
  const error = new Error(detail.detail ?? FAULTS[code].title, cause === undefined ? undefined : { cause })
  return Object.assign(error, { name: 'Fault', code }, rest)
}

/** Whether a text is one of the closed codes. */
export function isFaultCode(code: string): code is FaultCode {
  return Object.hasOwn(FAULTS, code)
}

/** Whether a thrown value is one of our refusals, whichever copy of this file made it. */
export function isFault(value: unknown): value is Fault {
  return value instanceof Error && 'code' in value && typeof value.code === 'string' && isFaultCode(value.code)
}

/** An RFC 9457 problem document. `code` is closed; `request_id` finds the line in the server's log. */
export type Problem = {
  type: string
  title: string
  status: number
  code: FaultCode
  detail?: string
  field?: string
  errors?: FaultDetail['errors']
  request_id?: string
}

/** The problem document of anything thrown. What is not a Fault becomes `internal`, whose cause never leaves the server. */
export function toProblem(error: unknown, requestId?: string): Problem {
  const known = isFault(error) ? error : fault('internal')
  const { status, title } = FAULTS[known.code]
  return {
    type: `urn:countersign:problem:${known.code}`,
    title,
    status,
    code: known.code,
    ...(known.message !== title && { detail: known.message }),
    ...(known.field !== undefined && { field: known.field }),
    ...(known.errors !== undefined && { errors: known.errors }),
    ...(requestId !== undefined && { request_id: requestId }),
  }
}
