import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { fault, isFault } from '@/lib/core/fault'
import { judge } from '@/lib/core/judge'
import { keyOf } from '@/lib/gateway/actions'
import { machinesOf } from '@/lib/gateway/agent-request'
import type { Gateway } from '@/lib/gateway/routes'
import { sendProblem } from '@/lib/gateway/server/problems'
import { askerOf } from './asker'
import {
  accessRequestInput,
  actionSearch,
  evaluationInput,
  evaluationsInput,
  resourceSearch,
  subjectSearch,
  taskOutcome,
} from './contract'
import { evaluateAccess } from './evaluate'
import { evaluateAll } from './evaluations'
import { cancelTask, readTask, reportOutcome, requestAccess } from './request-access'
import { problemType, REQUEST_PROBLEMS, RequestRefused } from './request-problem'
import { searchActions, searchResources, searchSubjects } from './search'

/** The header a client may name its request by, as the socket kept it; it is said back, and never what we log by. */
const ASKED_ID = 'x-client-request-id'

/** OpenID AuthZEN Authorization API 1.0, and its Access Request and Approval Profile (draft 1): ADR 0047. */
export async function authzenRoutes(app: FastifyInstance, gateway: Gateway): Promise<void> {
  const machines = machinesOf(gateway)
  app.addHook('onSend', async (request, reply) => {
    const asked = request.headers[ASKED_ID]
    if (typeof asked === 'string' && /^[\x21-\x7e]{1,200}$/.test(asked)) reply.header('x-request-id', asked)
  })
  app.setErrorHandler((error, _request, reply) => {
    if (error instanceof RequestRefused) return sendRefused(reply, error)
    // "MUST return HTTP 400 when the Content-Type is not application/json" (certification §2.4.3)
    const refused =
      isFault(error) && error.code === 'unsupported_media_type'
        ? fault('invalid_json', { detail: 'Send application/json.' })
        : error
    if (isFault(refused)) return sendProblem(reply, refused)
    throw error
  })

  app.get('/.well-known/authzen-configuration', async () => configuration(gateway.issuer()))

  app.post('/access/v1/evaluation', async (request) => {
    const asker = await askerOf(gateway, request)
    return evaluateAccess(machines, asker, judge(evaluationInput, request.body))
  })

  app.post('/access/v1/evaluations', async (request) => {
    const asker = await askerOf(gateway, request)
    const asked = judge(evaluationsInput, request.body)
    if ((asked.evaluations ?? []).length === 0)
      return evaluateAccess(machines, asker, judge(evaluationInput, request.body))
    return { evaluations: await evaluateAll(machines, asker, asked) }
  })

  app.post('/access/v1/search/subject', async (request) =>
    searchSubjects(machines, await askerOf(gateway, request), judge(subjectSearch, request.body)),
  )
  app.post('/access/v1/search/resource', async (request) =>
    searchResources(machines, await askerOf(gateway, request), judge(resourceSearch, request.body)),
  )
  app.post('/access/v1/search/action', async (request) =>
    searchActions(machines, await askerOf(gateway, request), judge(actionSearch, request.body)),
  )

  app.post('/access/v1/requests', async (request, reply) => {
    const asker = await askerOf(gateway, request)
    const asked = await requestAccess(machines, asker, judge(accessRequestInput, request.body), keyOf(request))
    return reply.code(202).header('location', String(asked.task['status_endpoint'])).send(asked)
  })
  app.get('/access/v1/requests/:id', async (request) =>
    readTask(machines, await askerOf(gateway, request), idOf(request)),
  )
  app.post('/access/v1/requests/:id/cancel', async (request) =>
    cancelTask(machines, await askerOf(gateway, request), idOf(request)),
  )
  app.post('/access/v1/requests/:id/outcome', async (request) =>
    reportOutcome(machines, await askerOf(gateway, request), idOf(request), judge(taskOutcome, request.body)),
  )
}

const idOf = (request: FastifyRequest): string => (request.params as { id?: string }).id ?? '' // the route's pattern has one

function sendRefused(reply: FastifyReply, { problem, message }: RequestRefused): FastifyReply {
  const { status, code } = REQUEST_PROBLEMS[problem]
  return reply
    .code(status)
    .type('application/problem+json')
    .send(
      JSON.stringify({
        type: problemType(problem),
        title: problem.replaceAll('_', ' '),
        status,
        code,
        detail: message,
        request_id: reply.request.id,
      }),
    )
}

/** The decision point's metadata (AuthZEN 1.0 §9), with the endpoint of access requests. */
function configuration(base: string): Record<string, unknown> {
  const at = (path: string) => new URL(`/access/v1/${path}`, base).href
  return {
    policy_decision_point: base,
    access_evaluation_endpoint: at('evaluation'),
    access_evaluations_endpoint: at('evaluations'),
    search_subject_endpoint: at('search/subject'),
    search_resource_endpoint: at('search/resource'),
    search_action_endpoint: at('search/action'),
    access_request_endpoint: at('requests'),
    capabilities: ['urn:openid:authzen:capability:access-request'],
  }
}
