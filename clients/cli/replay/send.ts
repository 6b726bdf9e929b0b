import { setTimeout as sleep } from 'node:timers/promises'
import { type Answer, CountersignClient, type Refusal } from '@/clients/sdk/client'
import type { TraceCall } from '@/lib/trials/trace'
import type { Done } from './offline'
import type { Io } from '../shared/command'
import { EXITS, exitForStatus } from '../shared/exits'
import { readTrace } from '../shared/read'
import { Trouble } from '../shared/trouble'

const LONGEST_WAIT_SECONDS = 60

/**
 * Proposes every call of a trace to a running server, in its order, one at a time. Calls with the same `run_id` share a run
 * the server opens for them. Nothing is executed.
 */
export async function proposeAll(
  trace: string,
  agent: { server: string; clientId: string; clientSecret: string },
  event: Io['event'],
): Promise<Done> {
  const client = new CountersignClient(agent)
  const runs = new Map<string, string>()
  const done: Done = { judged: [], faults: [] }
  for await (const call of readTrace(trace)) {
    if ('field' in call) {
      done.faults.push(call)
      continue
    }
    const { decision, reason } = await propose(client, runs, call)
    done.judged.push({ tool: call.tool, decision, code: reason.code })
    event({ event: 'call', line: call.line, decision, reason: { code: reason.code, rule: reason.rule } })
  }
  return done
}

async function propose(client: CountersignClient, runs: Map<string, string>, call: TraceCall): Promise<Answer> {
  try {
    const run = call.runId === null ? null : (runs.get(call.runId) ?? (await patiently(() => client.openRun())).id)
    if (call.runId !== null && run !== null) runs.set(call.runId, run)
    const proposal = { tool: call.tool, arguments: call.arguments, ...(run !== null && { run: { id: run } }) }
    return await patiently(() => client.propose(proposal))
  } catch (error) {
    // 0: there was no answer, or none that can be read
    const { status = 0 } = error as Partial<Refusal>
    throw new Trouble(
      `Line ${call.line} could not be proposed: ${sentence(error)}`,
      status === 0 ? EXITS.unreachable : exitForStatus(status),
    )
  }
}

/** Waits as long as the server asks (429), up to a minute each time, three times. */
async function patiently<T>(request: () => Promise<T>): Promise<T> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await request()
    } catch (error) {
      const { status, retryAfterSeconds } = error as Partial<Refusal>
      if (status !== 429 || attempt === 3) throw error
      await sleep(Math.min(retryAfterSeconds ?? 1, LONGEST_WAIT_SECONDS) * 1000)
    }
  }
}

function sentence(error: unknown): string {
  if (!(error instanceof Error)) return 'the server gave no answer that can be read.'
  if ('code' in error && 'status' in error && error.status !== 0)
    return `${String(error.code)} (HTTP ${String(error.status)}): ${error.message}`
  if ('code' in error && error.code === 'unreadable') return error.message
  const cause = error.cause instanceof Error && 'code' in error.cause ? ` (${String(error.cause.code)})` : ''
  return `the server cannot be reached${cause}.`
}
