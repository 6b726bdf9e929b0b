import type { FastifyInstance } from 'fastify'
import { hookTokenInput } from '@/lib/agents/hook-contract'
import { issueHookToken } from '@/lib/agents/issue-hook-token'
import { hookTokenListOf, ownerOf } from '@/lib/agents/read-hook-tokens'
import { revokeHookToken } from '@/lib/agents/revoke-hook-token'
import { judge } from '@/lib/core/judge'
import { db, transaction } from '@/lib/db/client'
import { emptyInput } from '@/lib/decisions/contract'
import { actingOf, pathId, standingOf } from '@/lib/gateway/agent-request'
import type { Gateway } from '@/lib/gateway/routes'

/** `/api/v1/hook-tokens`: what a session of Claude Code is given at its start, asked for with an access token (ADR 0045). */
export async function hookTokenRoutes(app: FastifyInstance, gateway: Gateway): Promise<void> {
  app.post('/api/v1/hook-tokens', async (request) => {
    const { agentId, credentialId } = await actingOf(gateway, request)
    const input = judge(hookTokenInput, request.body ?? {})
    return transaction(async (tx) =>
      issueHookToken(tx, { agentId, credentialId, ownerId: await ownerOf(tx, agentId) }, input, gateway.now()),
    )
  })

  app.get('/api/v1/hook-tokens', async (request) => {
    const { agentId } = await standingOf(gateway, request)
    return hookTokenListOf(db(), agentId, gateway.now())
  })

  app.post('/api/v1/hook-tokens/:id/revocation', async (request) => {
    // a halted agent, too: giving something up makes nothing looser
    const { agentId } = await standingOf(gateway, request)
    const id = pathId(request, 'hook')
    judge(emptyInput, request.body ?? {})
    return transaction(async (tx) => {
      await revokeHookToken(tx, { id: agentId, ownerId: await ownerOf(tx, agentId) }, id, null, gateway.now())
      return hookTokenListOf(tx, agentId, gateway.now())
    })
  })
  await Promise.resolve()
}
