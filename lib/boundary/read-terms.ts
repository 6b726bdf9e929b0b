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
  return rows.flatMap((row) => termsOf(row, setting, catalogue, now))
}

function termsOf(
  row: TermsRow,
  { onLapse, remindDays }: LapseSetting,
  catalogue: readonly CatalogueTool[],
  now: number,
): AgentTerms[] {
  const { agentId, slug, state, owner, version, document, lapsesAt } = row
  if (document === null || lapsesAt === null) return []
  const kept = keptOnLapse(document, catalogue)
  const term = (kind: TermKind, endsAt: number): Term => ({
    kind,
    endsAt,
    stage: stageOf(endsAt, now, remindDays),
    happens: lapseWords(dayWords(endsAt, row.zone, now), onLapse, kept),
  })
  const terms = [
    term('boundary', lapsesAt.getTime()),
    ...(document.review_by === null ? [] : [term('boundary_review', afterDay(document.review_by))]),
    term('agent_review', row.reviewDueAt),
  ].toSorted((a, b) => a.endsAt - b.endsAt)
  return [{ agentId, slug, state, owner, version, terms }]
}

/** `24 December`, with the year where it is another one. */
function dayWords(at: number, timeZone: string, now: number): string {
  const year = (of: number) => new Intl.DateTimeFormat('en-GB', { timeZone, year: 'numeric' }).format(of)
  return new Intl.DateTimeFormat('en-GB', {
    timeZone,
    day: 'numeric',
    month: 'long',
    ...(year(at) !== year(now) && { year: 'numeric' }),
  }).format(at)
}
