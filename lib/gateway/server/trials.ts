import { withheldFrom } from '@/lib/audit/withheld'
import { pool } from '@/lib/db/pool'
import { repeated } from '@/lib/gateway/server/repeated'
import { runNextSimulation } from '@/lib/trials/run-next'

/** Tries drafts on the past for whoever asked, one at a time, in short pieces: agents wait for none of it. */
export const trials = repeated('trials', 1_000, () => async (stopping) => {
  const connections = pool('app')
  const withheld = (personId: string) => withheldFrom(connections, personId)
  return (await runNextSimulation(connections, withheld, () => stopping.aborted)) ? 'again' : undefined
})
