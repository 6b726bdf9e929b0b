import { channelOf } from '@/lib/agents/channel'
import type { Noted } from '@/lib/agents/grade'
import { noteSigns } from '@/lib/agents/note-signs'
import type { Db } from '@/lib/db/client'
import type { LedgerEntry } from '@/lib/ledger/read'

const ABOUT_ACTIONS: ReadonlySet<string> = new Set(['action.claimed', 'action.completed', 'action.refused'])
const TELLING: ReadonlySet<string> = new Set([
  'action.decided',
  'approval.rejected',
  'halt.acknowledged',
  'drill.confirmed',
  ...ABOUT_ACTIONS,
])

/** Notes what entries show of how agents act and whether they obey (ADR 0043). */
export async function seeSigns(db: Db, entries: readonly LedgerEntry[]): Promise<void> {
  const telling = entries.filter(({ entry }) => entry !== null && TELLING.has(entry.kind))
  const before = await actionsOf(
    db,
    telling.flatMap(({ entry }) => (entry?.action && ABOUT_ACTIONS.has(entry.kind) ? [entry.action] : [])),
  )
  const noted = telling.flatMap(({ entry, recordedAt }): Noted[] => {
    if (!entry?.agent) return []
    const { kind, outcome = null } = entry
    const labels = entry.labels ?? []
    const action =
      kind === 'action.decided'
        ? { channel: channelOf(labels), consumed: false, given: outcome === 'allow' }
        : (before.get(entry.action ?? '') ?? null)
    return [{ kind, agentId: entry.agent, at: recordedAt, outcome, labels, action }]
  })
  await noteSigns(db, noted)
}

/** By which door actions came and what became of their grants; by the primary keys of action and entry. */
async function actionsOf(db: Db, ids: readonly string[]): Promise<Map<string, NonNullable<Noted['action']>>> {
  if (ids.length === 0) return new Map()
  const rows = await db.$queryRaw<{ id: string; consumed: boolean; given: boolean; labels: string[] | null }[]>`
    SELECT a.id::text AS id, a.grant_used_at IS NOT NULL AS consumed, a.grant_hash IS NOT NULL AS given,
        convert_from(e.envelope, 'UTF8')::jsonb -> 'labels' AS labels
      FROM action a JOIN ledger.entry e ON e.id = a.id WHERE a.id = ANY (${[...ids]}::uuid[])`
  return new Map(
    rows.map(({ id, consumed, given, labels }) => [id, { channel: channelOf(labels ?? []), consumed, given }]),
  )
}
