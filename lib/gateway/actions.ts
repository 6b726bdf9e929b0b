import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { fault } from '@/lib/core/fault'
import { publicId } from '@/lib/core/ids'
import { judge } from '@/lib/core/judge'
import { transaction } from '@/lib/db/client'
import { answerQuestion } from '@/lib/decisions/answer-question'
import { claimGrant } from '@/lib/decisions/claim'
import {
  answerInput,
  claimInput,
  emptyInput,
  idempotencyKey,
  outcomeInput,
  proposalInput,
  waitQuery,
  type ActionOutput,
} from '@/lib/decisions/contract'
import { recordOutcomeOrRefusal } from '@/lib/decisions/outcome'
import { propose } from '@/lib/decisions/propose'
import { ownReader } from '@/lib/decisions/read-own-together'
import { Waiters } from '@/lib/decisions/wait'
import { withdraw } from '@/lib/decisions/withdraw'
import { actingOf, asCaller, callerOf, machinesOf, pathId, standingOf } from '@/lib/gateway/agent-request'
import { requireAct } from '@/lib/gateway/credential'
import type { Gateway } from '@/lib/gateway/routes'
import { closing } from '@/lib/core/closing'

/** `/api/v1/actions`: propose, wait, claim, report (DESIGN §6). */
export async function actionRoutes(app: FastifyInstance, gateway: Gateway): Promise<void> {
  const machines = machinesOf(gateway)
  const waiters = new Waiters(machines.now)
  const readOwn = ownReader(machines.connections, machines.publicUrl, gateway.now)
  app.addHook('onClose', () => {
    waiters.close()
  })

  app.post('/api/v1/actions', async (request) => {
    const caller = asCaller(await callerOf(gateway, request))
    const { attestation, ...proposed } = judge(proposalInput, request.body)
    return propose(machines, caller, proposed, keyOf(request), attestation)
  })

  app.get('/api/v1/actions/:id', async (request, reply) => {
    const principal = await standingOf(gateway, request)
    requireAct(principal)
    const actionId = pathId(request, 'action')
    const { wait, question } = judge(waitQuery, request.query)
    const read = () => own(principal.agentId, actionId)
    return wait === 0 ? read() : waiters.settled(actionId, wait, goneOf(reply), read, question)
  })

  app.post('/api/v1/actions/:id/grant', async (request) => {
    const principal = await callerOf(gateway, request)
    requireAct(principal)
    const { attestation } = judge(claimInput, request.body ?? {})
    return claimGrant(machines, asCaller(principal), pathId(request, 'action'), attestation)
  })

  app.post('/api/v1/actions/:id/outcome', async (request) => {
    const { agentId } = await standingOf(gateway, request)
    const actionId = pathId(request, 'action')
    const outcome = judge(outcomeInput, request.body)
    await recordOutcomeOrRefusal(agentId, actionId, outcome, gateway.now())
    return own(agentId, actionId)
  })

  app.post('/api/v1/actions/:id/withdrawal', async (request) => {
    const { agentId } = await actingOf(gateway, request)
    const actionId = pathId(request, 'action')
    judge(emptyInput, request.body ?? {})
    await transaction((db) => withdraw(db, agentId, actionId, gateway.now()))
    return own(agentId, actionId)
  })

  app.post('/api/v1/actions/:id/answer', async (request) => {
    const { agentId } = await actingOf(gateway, request)
    const actionId = pathId(request, 'action')
    const input = judge(answerInput, request.body)
    await transaction((db) => answerQuestion(db, agentId, actionId, input, gateway.now()))
    return own(agentId, actionId)
  })

  async function own(agentId: string, actionId: string): Promise<ActionOutput> {
    const found = await readOwn({ agentId, actionId })
    if (found === null)
      throw fault('not_found', { detail: `This agent has no action ${publicId('action', actionId)}.` })
    return found
  }
}

/** The `Idempotency-Key` of a request, or null. @throws Fault naming it */
export function keyOf(request: FastifyRequest): string | null {
  const key = request.headers['idempotency-key']
  if (key === undefined) return null
  const parsed = idempotencyKey.safeParse(key)
  if (parsed.success) return parsed.data
  throw fault('invalid_request', {
    field: 'Idempotency-Key',
    detail: 'Send one key of 1 to 200 printable ASCII characters.',
  })
}

/** Aborts when the client has gone or the server stops. */
function goneOf({ raw }: FastifyReply): AbortSignal {
  const gone = new AbortController()
  raw.once('close', () => {
    gone.abort()
  })
  return AbortSignal.any([gone.signal, closing()])
}
