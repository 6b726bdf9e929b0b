import type { FaultCode } from '@/lib/core/fault'

/**
 * The closed problem types of the Access Request and Approval Profile, draft 1, "Error Responses": each with the status the profile gives it, and with
 * our own code for clients that branch on that.
 */
export const REQUEST_PROBLEMS = {
  not_requestable: { status: 400, code: 'invalid_request' },
  expired_denial: { status: 410, code: 'expired' },
  invalid_denial_binding: { status: 400, code: 'invalid_request' },
  duplicate_request: { status: 409, code: 'idempotency_mismatch' },
  unknown_task: { status: 404, code: 'not_found' },
  invalid_task_state: { status: 409, code: 'wrong_state' },
} as const satisfies Readonly<Record<string, { status: number; code: FaultCode }>>
export type RequestProblem = keyof typeof REQUEST_PROBLEMS

/** The profile's URI of a problem. */
export const problemType = (problem: RequestProblem): string => `urn:openid:authzen:access-request:error:${problem}`

/** A refusal with a problem type of the profile. */
export class RequestRefused extends Error {
  constructor(
    readonly problem: RequestProblem,
    detail: string,
  ) {
    super(detail)
  }
}
