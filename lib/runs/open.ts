import { newId } from '@/lib/core/ids'
import type { Db } from '@/lib/db/client'
import { append } from '@/lib/ledger/append'
import type { RunInput } from './contract'
import { insertRun, prolongTaint, type RunRow } from './store'

/** Opens a run of an agent, in the caller's transaction, with its entry. The server mints its id (DESIGN §4, taint). */
export async function openRun(db: Db, agentId: string, input: RunInput, now: Date): Promise<RunRow> {
  const { sandbox = null, untrusted_sources: sources = [], lease_seconds: seconds } = input
  const run = await insertRun(db, { id: newId(now.getTime()), agentId, sandbox, seconds, tainted: sources.length > 0 })
  if (run.tainted) await prolongTaint(db, run.id)
  await append(db, {
    kind: 'run.opened',
    actor: 'agent',
    agent: agentId,
    owner: run.ownerId,
    run: run.id,
    ...(run.tainted && { labels: ['untrusted_content'] }),
    ...((sources.length > 0 || sandbox !== null) && { payload: { untrusted_sources: sources, sandbox } }),
  })
  return run
}
