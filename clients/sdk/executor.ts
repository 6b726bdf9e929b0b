import type { IncomingMessage, ServerResponse } from 'node:http'
import type { CountersignClient, GrantAnswer, GrantQuestion } from './client'

/** What a request is about to have done, and the grant it brought; null where it names neither. */
export type Asked<Q> = (request: Q) => GrantQuestion | null | Promise<GrantQuestion | null>

/** Where a caller puts its grant: `Authorization: Grant cs_grant_…` (RFC 9110 §11.4, a scheme of ours), never in an address that is logged. */
export function grantIn(authorization: string | undefined): string | null {
  return /^Grant +(cs_grant_[A-Za-z0-9_-]{43}) *$/i.exec(authorization ?? '')?.[1] ?? null
}

/** Why an executor refuses: a problem document (RFC 9457). Nothing of the grant is in it. */
export type Problem = { status: number; title: string; code: string }

/**
 * Asks whether a grant stands for exactly what is about to run, and consumes it. Whatever is not an active grant is a problem to answer with: 401 without
 * a grant, 403 for one that does not stand, 503 where nobody can be asked. Call it last before the act: a grant that was consumed is gone.
 */
export async function checkGrant(
  client: CountersignClient,
  question: GrantQuestion | null,
): Promise<{ grant: GrantAnswer & { active: true } } | { problem: Problem }> {
  if (question === null) return { problem: { status: 401, title: 'Send a grant', code: 'no_grant' } }
  try {
    const grant = await client.introspect(question)
    if (grant.active) return { grant }
    return { problem: { status: 403, title: 'The grant does not stand for this', code: grant.reason } }
  } catch {
    return { problem: { status: 503, title: 'Nobody can say whether the grant stands', code: 'unreachable' } }
  }
}

const TYPE = 'application/problem+json'
const body = (problem: Problem): string => JSON.stringify({ type: 'about:blank', ...problem })

/**
 * For Express and everything that takes connect's three arguments: refuses, or goes on with the grant under `request.grant`.
 * @param asked reads what is about to be done off the request; after the body was parsed
 */
export function expressGrant<Q extends IncomingMessage>(client: CountersignClient, asked: Asked<Q>) {
  return async (request: Q, response: ServerResponse, next: (error?: unknown) => void): Promise<void> => {
    const checked = await checkGrant(client, await questionOf(asked, request))
    if ('problem' in checked) {
      response.writeHead(checked.problem.status, { 'content-type': TYPE }).end(body(checked.problem))
      return
    }
    Object.assign(request, { grant: checked.grant })
    next()
  }
}

type FastifyLike = { code: (status: number) => { type: (type: string) => { send: (body: string) => unknown } } }

/** For Fastify, as a `preHandler`: refuses, or goes on with the grant under `request.grant`. */
export function fastifyGrant<Q extends object>(client: CountersignClient, asked: Asked<Q>) {
  return async (request: Q, reply: FastifyLike): Promise<unknown> => {
    const checked = await checkGrant(client, await questionOf(asked, request))
    if ('problem' in checked) return reply.code(checked.problem.status).type(TYPE).send(body(checked.problem))
    Object.assign(request, { grant: checked.grant })
    return undefined
  }
}

/** For Next's route handlers, and everything else that answers a `Request` with a `Response`. */
export function withGrant<C>(
  client: CountersignClient,
  asked: Asked<Request>,
  handler: (request: Request, grant: GrantAnswer & { active: true }, context: C) => Promise<Response>,
) {
  return async (request: Request, context: C): Promise<Response> => {
    // a copy is read for the question: the handler still has the body
    const checked = await checkGrant(client, await questionOf(asked, request.clone()))
    if ('problem' in checked)
      return new Response(body(checked.problem), { status: checked.problem.status, headers: { 'content-type': TYPE } })
    return handler(request, checked.grant, context)
  }
}

/** A request that cannot be read names nothing: it is refused like one without a grant. */
async function questionOf<Q>(asked: Asked<Q>, request: Q): Promise<GrantQuestion | null> {
  try {
    return await asked(request)
  } catch {
    return null
  }
}
