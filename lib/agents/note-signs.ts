import type { Sql } from '@/lib/ledger/sql'
import { mannersOf, type Noted, pendingAfter, type Seen, type Sign, type Sighting, wayOf } from './grade'
import { addSigns, findSigns } from './store-sign'

/**
 * Notes what entries show of how agents act and whether they obey, in the caller's transaction: the one that moves the cursor of whoever
 * reads the log, so that each entry counts once.
 * @param entries in the order of the log
 */
export async function noteSigns(sql: Sql, entries: readonly Noted[]): Promise<void> {
  if (entries.length === 0) return
  const agents = [...new Set(entries.map(({ agentId }) => agentId))]
  const pending = await pendingOf(sql, agents)
  const seen = new Map<string, { agentId: string; sign: Sign } & Sighting>()
  for (const entry of entries) {
    const { agentId, at } = entry
    const open = pending.has(agentId)
    const manners = mannersOf(entry, open)
    if (pendingAfter(manners, open)) pending.add(agentId)
    else pending.delete(agentId)
    const way = wayOf(entry)
    for (const sign of way === null ? manners : [way, ...manners]) {
      const key = `${agentId} ${sign}`
      const known = seen.get(key)
      if (known === undefined) seen.set(key, { agentId, sign, first: at, last: at, times: 1 })
      else Object.assign(known, { last: at > known.last ? at : known.last, times: known.times + 1 })
    }
  }
  if (seen.size > 0) await addSigns(sql, [...seen.values()])
}

/** The agents that were refused, and of which nothing was heard since. */
async function pendingOf(sql: Sql, agents: readonly string[]): Promise<Set<string>> {
  const pending = new Set<string>()
  const last = new Map<string, Seen>()
  for (const { agent, sign, first, last: at, times } of await findSigns(sql, agents))
    last.set(agent, { ...last.get(agent), [sign]: { first, last: at, times: Number(times) } })
  for (const [agent, { refused, went_on: wentOn, ignored }] of last) {
    const settled = Math.max(wentOn?.last.getTime() ?? 0, ignored?.last.getTime() ?? 0)
    if (refused !== undefined && refused.last.getTime() >= settled) pending.add(agent)
  }
  return pending
}
