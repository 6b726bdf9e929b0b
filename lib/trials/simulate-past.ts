import type pg from 'pg'
import { setImmediate as breathe } from 'node:timers/promises'
import type { Baseline, Boundary, Sandbox } from '@/lib/boundary/boundary'
import { idTime } from '@/lib/core/ids'
import type { JsonObject } from '@/lib/core/json'
import type { Decision } from '@/lib/decisions/decision'
import { readSaid } from '@/lib/decisions/said'
import type { Entry } from '@/lib/ledger/entry'
import { openPayloads } from '@/lib/ledger/open-many'
import type { ToolClass } from '@/lib/tools/tool'
import { Changes, type Unreplayed } from './changes'
import { Past, type PastDecision, type PastSaid, type Would } from './past'
import { answersTo, nextDecisions, type PastRow, signedBaselines } from './store'

/** Which of some entries the asker gets only after saying why (lib/audit/open-for). */
export type Withheld = (entryIds: readonly string[]) => Promise<ReadonlySet<string>>

export type PastQuery = {
  agent: { id: string; environment: string; team: string }
  draft: Boundary
  since: Date
  until: Date
  timeZone: string
  withheld: Withheld
  /** told after every batch, `done` from 0 to 1; false ends it */
  onProgress?: (done: number, seen: number) => Promise<boolean>
}

const BATCH = 1_000
const OPENED_AT_ONCE = 250
/** How long other requests of this process wait for it at most, in milliseconds. */
const SLICE_MS = 4

type Row = PastRow & { entry: Entry; past: PastDecision | Unreplayed; withheld: boolean }

/**
 * Tries a draft on every decision about its agent in a time, in the order they were made. Payloads are opened only where the draft's
 * answer depends on them, some at a time; null when it was ended from outside.
 */
export async function simulatePast(pool: pg.Pool, query: PastQuery): Promise<Changes | null> {
  const baselines = await signedBaselines(pool)
  const past = new Past({
    draft: query.draft,
    baselineAt: (at) => baselineAt(baselines, at),
    baselines: baselines.map(({ document }) => document),
    agent: { environment: query.agent.environment, team: query.agent.team },
    timeZone: query.timeZone,
  })
  const changes = new Changes()
  const [from, to] = [query.since.getTime(), query.until.getTime()]
  const end = firstIdAt(to)
  let after = firstIdAt(from)
  for (;;) {
    const rows = await nextDecisions(pool, query.agent.id, after, end, BATCH, past.asksForResource)
    const last = rows.at(-1)
    if (last === undefined) return changes
    after = last.id
    await replay(pool, rows, query.withheld, past, changes)
    const done = Math.min(1, (idTime(after) - from) / (to - from))
    if (query.onProgress && !(await query.onProgress(done, changes.decisions))) return null
  }
}

async function replay(
  pool: pg.Pool,
  rows: readonly PastRow[],
  withheldOf: Withheld,
  past: Past,
  changes: Changes,
): Promise<void> {
  const withheld = await withheldOf(rows.map(({ id }) => id))
  const slice = new Slice()
  const read: Row[] = []
  for (const row of rows) {
    read.push(rowOf(row, withheld.has(row.id), past.asksForResource))
    await slice.pause()
  }
  const wanted = read.filter(({ past: one }) => typeof one !== 'string' && needsPayload(past, one))
  const opened = new Map<string, PastSaid | Unreplayed>()
  for (let at = 0; at < wanted.length; at += OPENED_AT_ONCE) {
    const some = wanted.slice(at, at + OPENED_AT_ONCE).filter((row) => !row.withheld)
    for await (const { id, opened: payload } of openPayloads(
      pool,
      some.map(({ id }) => id),
    )) {
      opened.set(
        id,
        payload.state === 'open' ? saidIn(payload.payload) : payload.state === 'broken' ? 'broken' : 'erased',
      )
      changes.opened += 1
      await slice.pause()
    }
  }
  const wants = new Set(wanted.map(({ id }) => id))
  const judged: { row: Row; past: PastDecision; would: Would }[] = []
  for (const row of read) {
    await slice.pause()
    if (typeof row.past === 'string') {
      changes.skip(row.past)
      continue
    }
    const said = wants.has(row.id) ? (row.withheld ? 'sensitive' : (opened.get(row.id) ?? 'erased')) : null
    if (typeof said === 'string') {
      changes.skip(said)
      continue
    }
    const would = past.limited(row.past, past.rules(row.past, said), said)
    judged.push({ row, past: row.past, would })
  }
  const asked = judged.filter(({ past: one, would }) => one.was === 'hold' && would.decision !== 'hold')
  const answers = await answersTo(
    pool,
    asked.map(({ row }) => row.id),
  )
  for (const { row, past: one, would } of judged)
    changes.add({ ...would, id: row.id, was: one.was }, row.entry.tool ?? null, answers.get(row.id) ?? null)
}

const needsPayload = (past: Past, one: PastDecision): boolean =>
  past.needsArguments(one) || past.mustVerify(one, past.rules(one, null))

/** Lets other work of the process in between. */
class Slice {
  private since = performance.now()
  private count = 0

  async pause(): Promise<void> {
    this.count += 1
    if (this.count % 16 !== 0 || performance.now() - this.since < SLICE_MS) return
    await breathe()
    this.since = performance.now()
  }
}

function rowOf(row: PastRow, withheld: boolean, asksForResource: boolean): Row {
  const entry = JSON.parse(row.said) as Entry // what encodeEntry wrote; that it did is what verifying the ledger proves
  const lost = withheld ? 'sensitive' : 'erased'
  const tool = entry.tool ?? (withheld ? null : row.tool)
  const hidden = withheld || !row.shown
  const past =
    tool === null || (asksForResource && hidden)
      ? lost
      : {
          id: row.id,
          at: idTime(row.id),
          tool,
          class: (entry.class ?? null) as ToolClass | null,
          was: (entry.outcome ?? 'forbid') as Decision,
          reason: entry.reason ?? '',
          rule: entry.rule ?? null,
          guarded: entry.about?.resource != null,
          resource:
            hidden || row.resource_type === null || row.resource_id === null
              ? null
              : { type: row.resource_type, id: row.resource_id },
          run: {
            id: entry.run ?? null,
            tainted: row.tainted,
            sandbox: (row.sandbox ?? null) as Sandbox | null,
            openedAt: row.opened_at,
          },
        }
  return { ...row, entry, past, withheld }
}

function saidIn(payload: unknown): PastSaid {
  const { arguments: args, resource, attributes, reasons } = readSaid(payload)
  const given = typeof args === 'object' && args !== null && !Array.isArray(args) ? (args as JsonObject) : {}
  const said = { arguments: given, resource, reasons: reasons.map(({ code }) => code) }
  return attributes === null ? said : { ...said, attributes }
}

function baselineAt(all: readonly { document: Baseline; signed_at: Date }[], at: number): Baseline | null {
  return all.findLast(({ signed_at: signed }) => signed.getTime() <= at)?.document ?? null
}

/** The first id of a millisecond: ids order by time. */
export function firstIdAt(ms: number): string {
  const hex = Math.max(0, ms).toString(16).padStart(12, '0')
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`
}
