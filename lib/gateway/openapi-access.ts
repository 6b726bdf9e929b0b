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
import type { Operation } from '@/lib/gateway/openapi-operation'

const DECIDING = ['stop_only', 'clock_skew', 'cannot_record'] as const

/** OpenID AuthZEN 1.0 and its access requests, for the OpenAPI document. */
export const ACCESS_OPERATIONS: readonly Operation[] = [
  { method: 'get', path: '/.well-known/authzen-configuration', id: 'accessConfiguration', summary: 'AuthZEN: where this decision point is asked', open: true, output: z.record(z.string(), z.unknown()), refusals: [] },
  { method: 'post', path: '/access/v1/evaluation', id: 'evaluateAccess', summary: 'AuthZEN: may this agent do this to that? Recorded like any decision; a denial is a 200', point: true, body: evaluationInput, output: accessDecision, refusals: DECIDING },
  { method: 'post', path: '/access/v1/evaluations', id: 'evaluateAccessAll', summary: 'AuthZEN: several at once, at most a hundred', point: true, body: evaluationsInput, output: accessDecisions, refusals: DECIDING },
  { method: 'post', path: '/access/v1/search/subject', id: 'searchSubjects', summary: 'AuthZEN: which agents may do this to that? Nothing is recorded', point: true, body: subjectSearch, output: searchOutput, refusals: [] },
  { method: 'post', path: '/access/v1/search/resource', id: 'searchResources', summary: 'AuthZEN: what may this agent do that to? Nothing is recorded', point: true, body: resourceSearch, output: searchOutput, refusals: [] },
  { method: 'post', path: '/access/v1/search/action', id: 'searchActions', summary: 'AuthZEN: what may this agent do to that? Nothing is recorded', point: true, body: actionSearch, output: searchOutput, refusals: [] },
  { method: 'post', path: '/access/v1/requests', id: 'requestAccess', summary: 'Ask people for what an evaluation denied with `approval_required` (Access Request and Approval Profile, draft 1); the answer is 202', point: true, body: accessRequestInput, output: taskOutput, refusals: DECIDING },
  { method: 'get', path: '/access/v1/requests/{id}', id: 'readAccessRequest', summary: 'Where a request stands', point: true, output: taskOutput, refusals: ['not_found'] },
  { method: 'post', path: '/access/v1/requests/{id}/cancel', id: 'cancelAccessRequest', summary: 'Give a request up', point: true, output: taskOutput, refusals: ['not_found', 'wrong_state'] },
  { method: 'post', path: '/access/v1/requests/{id}/outcome', id: 'reportAccessOutcome', summary: 'Say what came of what was approved and evaluated again; where nobody does within an hour, people are told', point: true, body: taskOutcome, output: taskOutput, refusals: ['not_found', 'wrong_state', 'too_large'] },
] // prettier-ignore
