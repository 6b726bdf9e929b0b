import type { FastifyInstance } from 'fastify'
import { judge } from '@/lib/core/judge'
import { fault } from '@/lib/core/fault'
import { publicId } from '@/lib/core/ids'
import { challenge } from '@/lib/decisions/challenge'
import { emptyInput } from '@/lib/decisions/contract'
import { actingOf, asCaller, machinesOf } from '@/lib/gateway/agent-request'
import type { Gateway } from '@/lib/gateway/routes'
import { EXEC_TOOL, resolveTool } from '@/lib/tools/tool'

const ANY = resolveTool(EXEC_TOOL)

/** `POST /api/v1/sandbox-challenges` (C40): what a runner of this agent has to enforce, and a nonce for one attestation of it. */
export async function sandboxRoutes(app: FastifyInstance, gateway: Gateway): Promise<void> {
  app.post('/api/v1/sandbox-challenges', async (request) => {
    const principal = await actingOf(gateway, request)
    judge(emptyInput, request.body ?? {})
    if (ANY === null) throw fault('internal')
    const { agent } = await machinesOf(gateway).decider.standingOf(asCaller(principal), ANY, 0n)
    const { boundary } = agent
    return challenge(
      {
        id: agent.id,
        publicId: publicId('agent', agent.id),
        boundary: boundary && { version: boundary.version, digest: boundary.digest },
        sandbox: boundary?.document.sandbox ?? null,
      },
      gateway.issuer(),
      gateway.now().getTime(),
    )
  })
  await Promise.resolve()
}
