import type { FastifyInstance } from 'fastify'
import { fault } from '@/lib/core/fault'
import { judge } from '@/lib/core/judge'
import { counter } from '@/lib/core/metrics'
import { db } from '@/lib/db/client'
import { countTry, windowRemainder } from '@/lib/db/throttle'
import { introspectionInput } from '@/lib/decisions/contract'
import { introspect } from '@/lib/decisions/introspect'
import { actingOf, machinesOf } from '@/lib/gateway/agent-request'
import type { Gateway } from '@/lib/gateway/routes'

const guesses = counter('countersign_grants_unknown_total', 'Introspections of a token that nobody ever gave.')

/** Tokens nobody gave that one caller may ask about in a minute, on all replicas together: a guess is counted, never an entry. */
const MOST_GUESSES = 30
const GUESS_WINDOW_SECONDS = 60

/**
 * `POST /api/v1/grants/introspect` (C19). An executor is a principal like any other: it comes with an access token of its own, or
 * is the very agent the grant was given to. Holding the grant is what counts; the token only says who asks, keeps strangers
 * out and their rate bounded. A person's token reads, and consuming is no reading: it is refused like any unknown one.
 */
export async function grantRoutes(app: FastifyInstance, gateway: Gateway): Promise<void> {
  app.post('/api/v1/grants/introspect', async (request) => {
    const { agentId } = await actingOf(gateway, request)
    const answer = await introspect(machinesOf(gateway).connections, judge(introspectionInput, request.body), agentId)
    if (!answer.active && answer.reason === 'unknown') await countGuess(agentId, gateway.now())
    return answer
  })
}

/** @throws Fault `too_many_requests` for whoever guesses on; what stands is introspected as before */
async function countGuess(agentId: string, now: Date): Promise<void> {
  guesses()
  if ((await countTry(db(), `grant guesses ${agentId}`, GUESS_WINDOW_SECONDS, now)) > MOST_GUESSES)
    throw fault('too_many_requests', {
      detail: 'Nobody gave these grants. Ask about those you were handed.',
      retryAfterSeconds: windowRemainder(now, GUESS_WINDOW_SECONDS),
    })
}
