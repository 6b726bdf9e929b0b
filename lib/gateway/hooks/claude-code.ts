import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { closing } from '@/lib/core/closing'
import { fault, isFault, type Fault } from '@/lib/core/fault'
import { parseJson } from '@/lib/core/json'
import { judge } from '@/lib/core/judge'
import { databaseUnreachable, UNREACHABLE } from '@/lib/db/unreachable'
import { machinesOf } from '@/lib/gateway/agent-request'
import type { Gateway } from '@/lib/gateway/routes'
import { refused } from './answer'
import { eventNamedIn, hookEvent, hookQuery, OUTCOME_EVENTS, type HookEvent } from './event'
import { hear } from './hear'
import { principalOf, type HookPrincipal } from './principal'
import { haltOver } from './tell'
import { HookWait } from './wait'

/** Bytes of a hook's body: what came back from a tool is in it. What a call may say is less, as anywhere else. */
const MOST_BYTES = 8 * 1_048_576

/**
 * `POST /api/hooks/claude-code`: the HTTP hooks of Claude Code (ADR 0045). It runs the tool on any status but 200 and on an empty answer
 * (measured), so every answer here is 200 with a document, refusals and our own failures included.
 */
export async function claudeCodeRoutes(app: FastifyInstance, gateway: Gateway): Promise<void> {
  const machines = machinesOf(gateway)
  const waiting = new HookWait(machines)
  const principals = new WeakMap<FastifyRequest, HookPrincipal>()
  app.addHook('onClose', () => {
    waiting.close()
  })
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: MOST_BYTES }, (_request, body, done) => {
    done(null, body)
  })
  app.setErrorHandler((error: Error & { code?: string }, request, reply) => {
    const refusal =
      error.code === 'FST_ERR_CTP_BODY_TOO_LARGE'
        ? fault('too_large')
        : databaseUnreachable(error)
          ? fault('unavailable', UNREACHABLE)
          : error
    if (!isFault(refusal)) gateway.onDefect(error, request.id)
    return reply.code(200).send(refused(eventOf(request), wordsOfFault(refusal)))
  })

  app.post('/api/hooks/claude-code', {
    bodyLimit: MOST_BYTES,
    // before the body is read: a stranger's eight megabytes are nobody's business
    onRequest: async (request) => {
      const principal = await principalOf(gateway, request.headers.authorization)
      machines.rate.take(principal.agentId, gateway.now().getTime())
      principals.set(request, principal)
    },
    handler: async (request, reply) => {
      const principal = principals.get(request)
      if (principal === undefined) throw fault('unauthenticated')
      const query = hookQuery.parse(request.query)
      const event = read(request.body, query.event)
      return hear({ gateway, machines, waiting }, principal, event, query, goneOf(reply))
    },
  })

  // What the program says that gives a machine its settings: it hears nothing but this, and begins no session on any other answer.
  app.post('/api/hooks/claude-code/beginning', {
    errorHandler: (error, _request, reply) => {
      void reply.code(200).send({ begins: false, detail: wordsOfFault(error).reason })
    },
    handler: async (request) => {
      const { agentId } = await principalOf(gateway, request.headers.authorization, 'begins')
      const halt = await haltOver(agentId, null)
      return halt === null ? { begins: true } : { begins: false, detail: halt }
    },
  })
  await Promise.resolve()
}

/** @throws Fault `invalid_json`, `too_large`, `invalid_request` */
function read(body: unknown, named: string | undefined): HookEvent {
  if (!Buffer.isBuffer(body)) throw fault('invalid_json', { detail: 'The hook sent no body.' })
  const event = named ?? eventNamedIn(body)
  // What came back from a tool is kept and judged by nobody: a number no double can carry is no reason to lose it.
  const lenient = event !== undefined && OUTCOME_EVENTS.has(event)
  return judge(hookEvent, parseJson(body, { maxBytes: MOST_BYTES, maxDepth: 64, allowNul: lenient, round: lenient }))
}

function eventOf(request: FastifyRequest): string | undefined {
  return (
    hookQuery.parse(request.query).event ?? (Buffer.isBuffer(request.body) ? eventNamedIn(request.body) : undefined)
  )
}

const STOPPING: ReadonlySet<string> = new Set(['stop_only', 'frozen'])

function wordsOfFault(error: Error | Fault): { reason: string; stop: boolean } {
  if (!isFault(error))
    return {
      reason: 'Countersign failed, so this does not run. Try again; if it goes on, tell whoever runs it.',
      stop: false,
    }
  return { reason: `Countersign: ${error.message} (${error.code})`, stop: STOPPING.has(error.code) }
}

/** Aborts when the client has gone or the server stops. */
function goneOf({ raw }: FastifyReply): AbortSignal {
  const gone = new AbortController()
  raw.once('close', () => {
    gone.abort()
  })
  return AbortSignal.any([gone.signal, closing()])
}
