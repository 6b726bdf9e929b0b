import { isFault } from '@/lib/core/fault'
import { publicId } from '@/lib/core/ids'
import { db, transaction } from '@/lib/db/client'
import type { Sql } from '@/lib/ledger/sql'
import { leaseRun } from './lease'
import { openRun } from './open'
import { noteRefusedRun } from './refuse'
import { runOver } from './run'
import { deleteSessions, findSession, lockSession, writeSession } from './store-session'

/** How long the run of a session lives without a word from it, in seconds: somebody who sits at it thinks, and goes to lunch. */
export const SESSION_LEASE_SECONDS = 4 * 3_600
const RENEW_BELOW_MS = (SESSION_LEASE_SECONDS / 2) * 1_000
const FORGOTTEN_AFTER_MS = 30 * 86_400_000

export type SessionRun = {
  runId: string
  /** where the session began, on its own machine */
  folder: string | null
  /** its lease, or the run itself, is new */
  renewed: boolean
  /** the run is new */
  opened: boolean
}

/**
 * The run of a client's session: opened with its first event, kept alive by every later one, and another one when it is over (a session
 * that was ended is resumed as a new run, tainted where the one before it was).
 * @param session the client's own name of it, unique for the agent alone
 * @param cwd where the event happened: for the first one of a run, where the session began
 * @throws Fault `too_many_runs`, which is recorded
 */
export async function runOfSession(
  agentId: string,
  session: string,
  cwd: string | null,
  now: Date,
): Promise<SessionRun> {
  const known = await findSession(db(), agentId, session)
  if (known !== null && known.closedAt === null && (known.leaseUntil?.getTime() ?? 0) - now.getTime() > RENEW_BELOW_MS)
    return { runId: known.runId, folder: known.folder, renewed: false, opened: false }
  try {
    return await transaction(async (tx) => {
      await lockSession(tx, agentId, session)
      const found = await findSession(tx, agentId, session)
      const goesOn = found !== null && runOver(found, now) === null
      const run = goesOn
        ? await leaseRun(tx, agentId, found.runId, { seconds: SESSION_LEASE_SECONDS }, now)
        : await openRun(tx, agentId, { lease_seconds: SESSION_LEASE_SECONDS, ...inherited(found) }, now)
      const folder = goesOn ? found.folder : cwd
      await writeSession(tx, { agentId, session, runId: run.id, folder }, now)
      return { runId: run.id, folder, renewed: true, opened: !goesOn }
    })
  } catch (error) {
    if (isFault(error) && error.code === 'too_many_runs') await transaction((tx) => noteRefusedRun(tx, agentId))
    throw error
  }
}

/** What was read before is in the context of a session that is resumed: its new run begins tainted by the run that read it (C13). */
const inherited = (former: { runId: string; tainted: boolean } | null) =>
  former?.tainted === true ? { untrusted_sources: [`resumed:${publicId('run', former.runId)}`] } : {}

/** The run of a session where one is open; null otherwise. */
export async function openRunOfSession(sql: Sql, agentId: string, session: string): Promise<string | null> {
  const found = await findSession(sql, agentId, session)
  return found === null || found.closedAt !== null ? null : found.runId
}

/** Forgets which runs sessions were that nobody has heard of for a month, but those that read untrusted content. */
export function forgetSessions(sql: Sql, now: Date): Promise<void> {
  return deleteSessions(sql, new Date(now.getTime() - FORGOTTEN_AFTER_MS))
}
