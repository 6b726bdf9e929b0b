import type { Sql } from '@/lib/ledger/sql'
import type { CatalogueTool } from '@/lib/tools/tool'
import { findTerms, lapseSetting, type LapseSetting, type TermsRow } from './store-terms'
import { afterDay, keptOnLapse, lapseWords, type Stage, stageOf, type TermKind } from './terms'

export { lapseSetting, type LapseSetting } from './store-terms'

/** One thing that ends for an agent, where it stands, and what happens when nobody acts. */
export type Term = { kind: TermKind; endsAt: number; stage: Stage; happens: string }

/** An agent with what ends for it, the nearest first. */
export type AgentTerms = Pick<TermsRow, 'agentId' | 'slug' | 'state' | 'owner' | 'version'> & { terms: Term[] }

/** What ends for every agent that is not retired and has a signed boundary (or for one of them). */
export async function readTerms(
  sql: Sql,
  agentId: string | null,
  catalogue: readonly CatalogueTool[],
  now: number,
): Promise<AgentTerms[]> {
  const setting = await lapseSetting(sql)
  const rows = await findTerms(sql, agentId)
  // every row has the organisation's zone
  const dayOf = dayWords(rows[0]?.zone ?? 'UTC', now)
  return rows.flatMap((row) => termsOf(row, setting, catalogue, now, dayOf))
}

function termsOf(
  row: TermsRow,
  { onLapse, remindDays }: LapseSetting,
  catalogue: readonly CatalogueTool[],
  now: number,
  dayOf: (at: number) => string,
): AgentTerms[] {
  const { agentId, slug, state, owner, version, document, lapsesAt } = row
  if (document === null || lapsesAt === null) return []
  const kept = keptOnLapse(document, catalogue)
  const term = (kind: TermKind, endsAt: number): Term => ({
    kind,
    endsAt,
    stage: stageOf(endsAt, now, remindDays),
    happens: lapseWords(dayOf(endsAt), onLapse, kept),
  })
  const terms = [
    term('boundary', lapsesAt.getTime()),
    ...(document.review_by === null ? [] : [term('boundary_review', afterDay(document.review_by))]),
    term('agent_review', row.reviewDueAt),
  ].toSorted((a, b) => a.endsAt - b.endsAt)
  return [{ agentId, slug, state, owner, version, terms }]
}

/** `24 December`, with the year where it is another one. Formats are made once for a zone: they cost more than everything else here. */
function dayWords(timeZone: string, now: number): (at: number) => string {
  const year = new Intl.DateTimeFormat('en-GB', { timeZone, year: 'numeric' })
  const day = new Intl.DateTimeFormat('en-GB', { timeZone, day: 'numeric', month: 'long' })
  const whole = new Intl.DateTimeFormat('en-GB', { timeZone, day: 'numeric', month: 'long', year: 'numeric' })
  const thisYear = year.format(now)
  return (at) => (year.format(at) === thisYear ? day : whole).format(at)
}
