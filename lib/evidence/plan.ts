import { parseTerms } from '@/lib/audit/term-parse'
import { printTerms } from '@/lib/audit/term-print'
import { fault } from '@/lib/core/fault'
import { idTime, parsePublicId } from '@/lib/core/ids'
import { ledgerStatus } from '@/lib/ledger/read'
import type { Sql } from '@/lib/ledger/sql'
import type { ExportInput } from './contract'
import { momentOf, wholeOf, type ExportQuery, type Others } from './export'
import { findAgentNamed, firstEntryId, placeAfter, placeBefore, placesOf } from './store-export'

/** Entries a complete bundle may reach over, and a picked one hold: what a browser downloads and a person can use. */
export const MOST_COMPLETE = 1_000_000
export const MOST_PICKED = 20_000

/** How late an entry may get its place by the ledger's promise (10 s), and what clocks may differ (5 s): the rim a period needs. */
const RIM_MS = 15_000

/** What a bundle covers; the verifier reads the same words. */
export type Scope =
  | /** `end` null: to the end of the log, wherever that is once the export is recorded */ {
      kind: 'complete'
      first: number
      end: number | null
      agent: string | null
      others: Others
    }
  | { kind: 'picked' }

/**
 * What is asked for, made definite: a text the bar could hold, and a stretch of time.
 * @throws Fault `invalid_request` naming the field, with the place in the text; `invalid_id`, `not_found`
 */
export async function readExportQuery(sql: Sql, input: ExportInput, now: Date): Promise<ExportQuery> {
  const { q, agent, outcome, action } = input
  if (action !== undefined) parsePublicId('action', action)
  const asked = [q?.trim(), agent && `agent:${agent}`, outcome && `outcome:${outcome}`, action && `id:${action}`]
  const read = parseTerms(asked.filter(Boolean).join(' '))
  if (!read.ok) {
    const [{ at, says }] = read.problems
    throw fault('invalid_request', {
      field: q === undefined ? 'agent' : 'q',
      detail: `At character ${at + 1}: ${says}`,
    })
  }
  const { terms } = read
  const first = await firstEntryId(sql)
  const from = input.from === undefined ? new Date(first === null ? now : idTime(first)) : momentOf(input.from, 'begin')
  const to = input.to === undefined ? now : momentOf(input.to, 'end')
  if (to <= from) throw fault('invalid_request', { field: 'to', detail: 'It ends before it begins.' })
  const name = wholeOf(terms)
  const found = name === null || name === '' ? null : await findAgentNamed(sql, name)
  if (name !== null && name !== '' && found === null)
    throw fault('not_found', { field: 'agent', detail: 'There is no such agent.' })
  return { terms, text: printTerms(terms), whole: name === null ? null : { agent: found }, from, to }
}

/**
 * What a bundle of a query covers. A query for an agent or for everything in a period is answered completely: the dense range of places
 * around the period, so that nothing can be left out; any other with the entries that match, each with its proof.
 * @throws Fault `too_large` when the range holds more than a bundle may
 */
export async function scopeOf(sql: Sql, query: ExportQuery, others: Others): Promise<Scope> {
  if (query.whole === null) return { kind: 'picked' }
  const { agent } = query.whole
  const { size } = await ledgerStatus(sql)
  const within = await placesOf(sql, query.from, query.to)
  const before = (await placeBefore(sql, new Date(query.from.getTime() - RIM_MS + 1))) ?? 0
  const after = await placeAfter(sql, new Date(query.to.getTime() + RIM_MS))
  const first = Math.min(before, within?.first ?? before)
  const end = after === null ? null : Math.max(after, within?.last ?? after) + 1
  if ((end ?? size) - first > MOST_COMPLETE)
    throw fault('too_large', {
      field: 'from',
      detail: `That period holds ${((end ?? size) - first).toLocaleString('en')} entries; a bundle holds at most ${MOST_COMPLETE.toLocaleString('en')}. Choose a shorter one.`,
    })
  return { kind: 'complete', first, end, agent: agent?.id ?? null, others: agent ? others : 'entries' }
}
