import type { FastifyError, FastifyInstance, FastifyReply } from 'fastify'
import { fault, isFault, toProblem, type Fault } from '@/lib/core/fault'
import { databaseUnreachable, UNREACHABLE } from '@/lib/db/unreachable'

/** Hears of what is not a refusal of ours: a defect, whose cause stays on the server. */
export type OnDefect = (error: unknown, requestId: string) => void

/** Every error and every unknown address of the machine half, as an RFC 9457 problem; never a stack, never Fastify's own shape. */
export function answerProblems(app: FastifyInstance, onDefect: OnDefect): void {
  const routes: { method: string; pattern: RegExp }[] = []
  app.addHook('onRoute', ({ method, url }) => {
    const pattern = new RegExp(
      `^${url
        .replaceAll(/[.+?^$()|[\]\\{}]/g, '\\$&')
        .replaceAll(/:[^/]+/g, '[^/]+')
        .replaceAll('*', '.*')}$`,
    )
    for (const each of [method].flat()) routes.push({ method: each, pattern })
  })
  app.setErrorHandler((error: FastifyError, request, reply) => {
    const refusal = isFault(error) ? error : translated(error)
    if (refusal.code === 'internal') onDefect(error, request.id)
    return sendProblem(reply, refusal)
  })
  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?', 1)[0] ?? ''
    const allowed = routes.filter(({ pattern }) => pattern.test(path)).map(({ method }) => method)
    if (allowed.length === 0) return sendProblem(reply, fault('not_found'))
    reply.header('allow', [...new Set(allowed)].sort().join(', '))
    return sendProblem(reply, fault('method_not_allowed'))
  })
}

/** Sends a refusal as its problem document. */
export function sendProblem(reply: FastifyReply, refusal: Fault): FastifyReply {
  const problem = toProblem(refusal, reply.request.id)
  if (refusal.retryAfterSeconds !== undefined) reply.header('retry-after', Math.ceil(refusal.retryAfterSeconds))
  if (problem.status === 401) reply.header('www-authenticate', 'Bearer')
  return reply.code(problem.status).type('application/problem+json').send(JSON.stringify(problem))
}

/** What Fastify itself refuses, and that there is no database, in our codes. Anything else it or a driver throws is our failure. */
function translated(error: FastifyError): Fault {
  switch (error.code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return fault('too_large')
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return fault('unsupported_media_type')
    case 'FST_ERR_CTP_INVALID_CONTENT_LENGTH':
    case 'FST_ERR_CTP_EMPTY_JSON_BODY':
      return fault('invalid_json')
    case 'FST_ERR_BAD_URL':
    case 'FST_ERR_MAX_PARAM_LENGTH':
      return fault('not_found')
    default:
      return databaseUnreachable(error) ? fault('unavailable', UNREACHABLE) : fault('internal', { cause: error })
  }
}
