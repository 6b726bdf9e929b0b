import type pg from 'pg'
import type { JsonObject } from '@/lib/core/json'
import type { Decision } from '@/lib/decisions/decision'
import { readSaid } from '@/lib/decisions/said'
import type { Entry } from '@/lib/ledger/entry'
import { openPayloads } from '@/lib/ledger/open-many'
import { KNOWN_SURFACES, resolveTool, type CatalogueTool } from '@/lib/tools/tool'
import { type ProposedBoundary, proposeBoundary, type Use } from './propose'
import { firstIdAt, type Withheld } from './simulate-past'
import { type PastRow, nextDecisions } from './store'

/** What was left out of a draft from use, and how far back it looked. */
export type DraftedFromUse = ProposedBoundary & { days: number; unread: number; whole: boolean }

const DAY_MS = 86_400_000
const BATCH = 2_000
/** A draft is read by a person, and made while they wait: of more than this, the oldest are left out. */
const MOST_USES = 20_000
const MOST_OPENED = 3_000

/**
 * The narrowest boundary that covers what an agent did in its last days, as `proposeBoundary` makes it, with the classes of now. Only
 * commands and files are opened, and none that this person gets only after saying why.
 */
export async function draftFromUse(
  pool: pg.Pool,
  agent: { id: string; slug: string },
  days: number,
  catalogue: readonly CatalogueTool[],
  withheld: Withheld,
  now: Date,
): Promise<DraftedFromUse> {
  const classes = new Map(catalogue.map((tool) => [tool.name, tool.class]))
  const end = firstIdAt(now.getTime() + 1)
  let after = firstIdAt(now.getTime() - days * DAY_MS)
  const uses: (Use & { id: string })[] = []
  let whole = true
  for (;;) {
    const rows = await nextDecisions(pool, agent.id, after, end, BATCH, false)
    const last = rows.at(-1)
    if (last === undefined) break
    after = last.id
    const hidden = await withheld(rows.map(({ id }) => id))
    for (const row of rows) {
      const use = useOf(row, hidden.has(row.id))
      if (use) uses.push({ ...use, class: classes.get(resolveTool(use.tool)?.name ?? use.tool) ?? null })
    }
    if (uses.length > MOST_USES) {
      uses.splice(0, uses.length - MOST_USES)
      whole = false
    }
  }
  const opened = await argumentsOf(pool, uses, withheld)
  const kept = uses.filter(({ id, tool }) => !KNOWN_SURFACES.has(tool) || opened.has(id))
  const read = kept.map(({ id, ...use }): Use => ({ ...use, arguments: opened.get(id) ?? null }))
  return {
    ...proposeBoundary(agent.slug, read, null),
    ...{ days, unread: uses.length - kept.length, whole },
  }
}

function useOf(row: PastRow, hidden: boolean): (Use & { id: string }) | null {
  const entry = JSON.parse(row.said) as Entry // what encodeEntry wrote
  const tool = entry.tool ?? (hidden ? null : row.tool)
  return tool === null ? null : { id: row.id, tool, class: null, arguments: null, was: wasOf(entry) }
}

/** What was only observed was not allowed by anybody: it counts as what it would have been. */
function wasOf({ outcome, labels }: Entry): Decision {
  const would = labels?.find((label) => label === 'would_hold' || label === 'would_forbid')
  return would === undefined ? ((outcome ?? 'forbid') as Decision) : would === 'would_hold' ? 'hold' : 'forbid'
}

async function argumentsOf(
  pool: pg.Pool,
  uses: readonly { id: string; tool: string }[],
  withheld: Withheld,
): Promise<Map<string, JsonObject>> {
  const wanted = uses
    .filter(({ tool }) => KNOWN_SURFACES.has(tool))
    .slice(-MOST_OPENED)
    .map(({ id }) => id)
  const opened = new Map<string, JsonObject>()
  for (let at = 0; at < wanted.length; at += 250) {
    const some = wanted.slice(at, at + 250)
    const hidden = await withheld(some)
    const mine = some.filter((id) => !hidden.has(id))
    for await (const { id, opened: payload } of openPayloads(pool, mine)) {
      const given = payload.state === 'open' ? readSaid(payload.payload).arguments : null
      if (typeof given === 'object' && given !== null && !Array.isArray(given)) opened.set(id, given as JsonObject)
    }
  }
  return opened
}
