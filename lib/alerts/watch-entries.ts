import { watchText } from '@/lib/boundary/watch'
import { idTime } from '@/lib/core/ids'
import type { Db } from '@/lib/db/client'
import type { LedgerEntry } from '@/lib/ledger/read'
import type { Consumer } from '@/lib/ledger/tail'
import { engageFired } from './engage-fired'
import { fire } from './fire-watch'
import { notifyAlerts } from './store'
import { findTallies, findWatched, keepTallies, learnTools, noteTool, type WatchedAgent } from './store-watch'
import { counts, namesTool, tallied, usedTool, type Tally, type Watchable } from './watch'

type Seen = Watchable & { agentId: string }

/**
 * Counts every entry of the ledger once, in its order, against the watch rules of its agent's boundary in force. What is counted and
 * what came true commit with the cursor; the halts follow.
 */
export const watchConsumer: Consumer = {
  name: 'watch',
  from: 'now',
  handle: watchEntries,
  after: engageFired,
}

/** Counts these entries, in the transaction that moves the cursor. */
export async function watchEntries(db: Db, entries: readonly LedgerEntry[]): Promise<void> {
  const seen = entries.flatMap(watchable)
  if (seen.length === 0) return
  let fired = false
  for (const agent of await findWatched(db, [...new Set(seen.map(({ agentId }) => agentId))])) {
    const own = seen.filter(({ agentId }) => agentId === agent.agentId)
    if (await watchAgent(db, agent, own)) fired = true
  }
  if (fired) await notifyAlerts(db)
}

async function watchAgent(db: Db, agent: WatchedAgent, entries: readonly Seen[]): Promise<boolean> {
  const rules = agent.document.watch ?? []
  const before = await findTallies(db, agent.agentId)
  // a rule that is no longer there is no longer counted, one that is new begins with what comes
  let tallies = new Map<string, Tally>(rules.map((rule) => [watchText(rule), before.get(watchText(rule)) ?? []]))
  const [first] = entries
  if (first && tallies.has('new_tool') && !before.has('new_tool')) await learnTools(db, agent.agentId, first.index)
  let { stoppedUntil } = agent
  let fired = false
  for (const entry of entries) {
    const { kind, id } = entry
    if (kind === 'halt.lifted') tallies = new Map([...tallies.keys()].map((rule) => [rule, []]))
    const tool = usedTool(entry)
    const isNew = tool !== null && tallies.has('new_tool') && (await noteTool(db, agent.agentId, tool))
    // what was decided before people lifted its halt, they have looked at
    if (idTime(id) <= stoppedUntil) continue
    for (const [place, rule] of rules.entries()) {
      const text = watchText(rule)
      const found =
        rule.on === 'new_tool'
          ? {
              tally: [],
              fired: isNew && tool !== null && !namesTool(agent.document, tool) ? ([[entry.index, id]] as const) : null,
            }
          : counts(rule, entry)
            ? tallied(rule, tallies.get(text) ?? [], entry)
            : null
      if (found === null) continue
      tallies.set(text, found.tally)
      if (found.fired === null || !(await fire(db, { agent, rule, place, entries: found.fired }))) continue
      fired = true
      if (rule.then === 'halt') stoppedUntil = Infinity
    }
  }
  await keepTallies(db, agent.agentId, tallies)
  return fired
}

function watchable({ id, index, entry, projection }: LedgerEntry): Seen[] {
  // bytes that are no entry are verification's to report; an entry without an index is not handed out
  if (entry === null || index === null || !entry.agent) return []
  const { kind, outcome = null, reason = null, agent: agentId } = entry
  return [{ id, index, kind, outcome, reason, agentId, tool: projection?.tool ?? entry.tool ?? null }]
}
