import { z } from 'zod'
import {
  accessDecision,
  accessDecisions,
  accessRequestInput,
  actionSearch,
  evaluationInput,
  evaluationsInput,
  resourceSearch,
  searchOutput,
  subjectSearch,
  taskOutcome,
  taskOutput,
} from '@/lib/gateway/authzen/contract'
import { problemType, REQUEST_PROBLEMS, type RequestProblem } from '@/lib/gateway/authzen/request-problem'
import type { Operation } from '@/lib/gateway/openapi-operation'

/** The problems of the profile an operation may answer, by their statuses. */
function problemsOf(...problems: readonly RequestProblem[]): Record<number, string> {
  const said: Record<number, string> = {}
  for (const problem of problems) {
    const { status, code } = REQUEST_PROBLEMS[problem]
    const text = `\`${code}\`, of the type \`${problemType(problem)}\`.`
    said[status] = said[status] === undefined ? text : `${said[status]} ${text}`
  }
  return said
}

const DECIDING = ['stop_only', 'clock_skew', 'cannot_record'] as const

/** OpenID AuthZEN 1.0 and its access requests, for the OpenAPI document. */
export const ACCESS_OPERATIONS: readonly Operation[] = [
  { method: 'get', path: '/.well-known/authzen-configuration', id: 'accessConfiguration', summary: 'AuthZEN: where this decision point is asked', open: true, output: z.record(z.string(), z.unknown()), refusals: [] },
  { method: 'post', path: '/access/v1/evaluation', id: 'evaluateAccess', summary: 'AuthZEN: may this agent do this to that? Recorded like any decision; a denial is a 200', point: true, body: evaluationInput, output: accessDecision, refusals: DECIDING },
  { method: 'post', path: '/access/v1/evaluations', id: 'evaluateAccessAll', summary: 'AuthZEN: several at once, at most a hundred', point: true, body: evaluationsInput, output: accessDecisions, refusals: DECIDING },
  { method: 'post', path: '/access/v1/search/subject', id: 'searchSubjects', summary: 'AuthZEN: which agents may do this to that? Nothing is recorded', point: true, body: subjectSearch, output: searchOutput, refusals: [] },
  { method: 'post', path: '/access/v1/search/resource', id: 'searchResources', summary: 'AuthZEN: what may this agent do that to? Nothing is recorded', point: true, body: resourceSearch, output: searchOutput, refusals: [] },
  { method: 'post', path: '/access/v1/search/action', id: 'searchActions', summary: 'AuthZEN: what may this agent do to that? Nothing is recorded', point: true, body: actionSearch, output: searchOutput, refusals: [] },
  { method: 'post', path: '/access/v1/requests', id: 'requestAccess', summary: 'Ask people for what an evaluation denied with `approval_required` (Access Request and Approval Profile, draft 1)', point: true, body: accessRequestInput, output: taskOutput, status: 202, problems: problemsOf('not_requestable', 'invalid_denial_binding', 'expired_denial', 'duplicate_request'), refusals: DECIDING },
  { method: 'get', path: '/access/v1/requests/{id}', id: 'readAccessRequest', summary: 'Where a request stands', point: true, output: taskOutput, problems: problemsOf('unknown_task'), refusals: [] },
  { method: 'post', path: '/access/v1/requests/{id}/cancel', id: 'cancelAccessRequest', summary: 'Give a request up', point: true, output: taskOutput, problems: problemsOf('unknown_task', 'invalid_task_state'), refusals: [] },
  { method: 'post', path: '/access/v1/requests/{id}/outcome', id: 'reportAccessOutcome', summary: 'Say what came of what was approved and evaluated again; where nobody does within an hour, people are told', point: true, body: taskOutcome, output: taskOutput, problems: problemsOf('unknown_task', 'invalid_task_state'), refusals: ['too_large'] },
] // prettier-ignore
