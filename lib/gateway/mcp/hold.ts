import { parsePublicId } from '@/lib/core/ids'
import { fault } from '@/lib/core/fault'
import { closing } from '@/lib/core/closing'
import type { ActionOutput } from '@/lib/decisions/contract'
import type { Answering } from './answering'
import { claimOrFollow, readAction } from './claim'
import type { Exchange } from './deps'

/** What a client without streams is made to wait, in milliseconds: it hears nothing meanwhile. */
const SILENT_MS = 20_000

/**
 * Waits until people have answered a held action, telling its client from time to time that it goes on; then claims its grant. After the limit
 * the action is returned as it stands: it goes on waiting, and an identical retry finds it.
 * @throws Fault as `claimOrFollow` does; `unavailable` when the client has gone
 */
export async function hold(
  { mcp, principal }: Exchange,
  held: ActionOutput,
  answering: Answering,
  gone: AbortSignal,
): Promise<ActionOutput> {
  const { waiters } = mcp
  const actionId = parsePublicId('action', held.id)
  const read = () => readAction({ mcp, principal }, actionId)
  const tell = () => {
    answering.step(`Waiting for approval: ${held.approval?.url ?? held.id}`)
  }
  tell()
  const steps = setInterval(tell, mcp.stepMs)
  const ended = AbortSignal.any([gone, closing()])
  const until = mcp.gateway.now().getTime() + (answering.streams ? mcp.holdMs : Math.min(mcp.holdMs, SILENT_MS))
  try {
    let now = await read()
    while (now.status === 'held' && !ended.aborted) {
      const left = until - mcp.gateway.now().getTime()
      if (left <= 0) break
      now = await waiters.settled(actionId, left / 1_000, ended, read, now.question?.id ?? 'none')
    }
    if (gone.aborted) throw fault('unavailable', { detail: 'Whoever asked has gone.' })
    return now.status === 'approved' ? await claimOrFollow({ mcp, principal }, actionId) : now
  } finally {
    clearInterval(steps)
  }
}
