import type { FastifyInstance } from 'fastify'
import { fault, isFault } from '@/lib/core/fault'
import { publicId } from '@/lib/core/ids'
import { judge } from '@/lib/core/judge'
import { db, transaction } from '@/lib/db/client'
import { withdrawOfRun } from '@/lib/decisions/withdraw-ended'
import { actingOf, machinesOf, pathId, standingOf } from '@/lib/gateway/agent-request'
import type { Gateway } from '@/lib/gateway/routes'
import { haltsFor } from '@/lib/halt/read'
import { conclude } from '@/lib/runs/conclude'
import { conclusionInput, leaseInput, runInput, type RunOutput } from '@/lib/runs/contract'
import { leaseRun } from '@/lib/runs/lease'
import { type LeasedRun, openRun } from '@/lib/runs/open'
import { noteRefusedRun } from '@/lib/runs/refuse'

/** `/api/v1/runs`: open one, keep it alive, say what it concluded (DESIGN §6). */
export async function runRoutes(app: FastifyInstance, gateway: Gateway): Promise<void> {
  app.post('/api/v1/runs', async (request) => {
    const { agentId } = await actingOf(gateway, request)
    const input = judge(runInput, request.body ?? {})
    try {
      return outputOf(await transaction((db) => openRun(db, agentId, input, gateway.now())))
    } catch (error) {
      if (isFault(error) && error.code === 'too_many_runs') await transaction((db) => noteRefusedRun(db, agentId))
      throw error
    }
  })

  app.post('/api/v1/runs/:id/lease', async (request) => {
    const input = judge(leaseInput, request.body ?? {})
    // ending a run makes nothing possible: a stopped agent may
    const { agentId } = input.seconds === 0 ? await standingOf(gateway, request) : await actingOf(gateway, request)
    const runId = pathId(request, 'run')
    if (input.seconds !== 0) await refuseHaltedRun(agentId, runId)
    const now = gateway.now()
    const run = await transaction((db) => leaseRun(db, agentId, runId, input, now))
    const { decider, connections } = machinesOf(gateway)
    decider.forgetRun(runId)
    if (!run.open) await withdrawOfRun(connections, runId, now)
    return outputOf(run)
  })

  app.post('/api/v1/runs/:id/conclusions', async (request) => {
    const { agentId } = await actingOf(gateway, request)
    const runId = pathId(request, 'run')
    const input = judge(conclusionInput, request.body)
    await refuseHaltedRun(agentId, runId)
    const { id, recordedAt } = await transaction((db) => conclude(db, agentId, runId, input, gateway.now()))
    machinesOf(gateway).decider.forgetRun(runId)
    return { id: publicId('conclusion', id), run: publicId('run', runId), recorded_at: recordedAt.toISOString() }
  })
}

/** A halted run is not kept alive: what stops a client that missed the halt is its lease. @throws Fault `frozen` */
async function refuseHaltedRun(agentId: string, runId: string): Promise<void> {
  if ((await haltsFor(db(), agentId)).some(({ run }) => run === publicId('run', runId)))
    throw fault('frozen', { detail: 'This run is halted: nothing more is taken from it.' })
}

function outputOf(run: LeasedRun): RunOutput {
  return {
    id: publicId('run', run.id),
    status: run.open ? 'open' : 'ended',
    tainted: run.tainted,
    lease_until: (run.leaseUntil ?? new Date(0)).toISOString(),
    lease_seconds: run.seconds,
    renews: run.renews,
  }
}
