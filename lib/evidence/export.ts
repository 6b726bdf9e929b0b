import type { Outcome } from '@/lib/ledger/entry'

/** What an export can be: lines of JSON, a table for spreadsheets, OCSF events for a SIEM, or evidence with its proofs. */
export const FORMATS = ['ndjson', 'csv', 'ocsf', 'bundle'] as const
export type Format = (typeof FORMATS)[number]

/** In full, so that everybody sees that none of them belongs; or as hashes, where they are nobody else's business. */
export const OTHERS = ['entries', 'hashes'] as const
export type Others = (typeof OTHERS)[number]

/** Which entries: all that match, made in [from, to). */
export type ExportQuery = {
  agent: { id: string; slug: string } | null
  outcome: Outcome | null
  /** bare UUID: the decision and everything about it */
  action: string | null
  from: Date
  to: Date
}

/** The query in the words of the audit's bar. */
export function queryText({ agent, outcome, action }: ExportQuery): string {
  return [agent && `agent:${agent.slug}`, outcome && `outcome:${outcome}`, action && `id:${action}`]
    .filter((term) => term !== null)
    .join(' ')
}

/** What a file of an export is called and how it is served. */
export function fileOf(format: Format, now: Date): { name: string; type: string } {
  const day = now.toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-')
  const forms = {
    ndjson: ['ndjson', 'application/x-ndjson; charset=utf-8'],
    csv: ['csv', 'text/csv; charset=utf-8; header=present'],
    ocsf: ['ocsf.ndjson', 'application/x-ndjson; charset=utf-8'],
    bundle: ['zip', 'application/zip'],
  } as const
  const [ending, type] = forms[format]
  return { name: `countersign-${day}.${ending}`, type }
}

/** A day alone, or a moment. `end`: the last day is in it, so its end is meant. */
export function momentOf(text: string, edge: 'begin' | 'end'): Date {
  const at = new Date(text.length === 10 ? `${text}T00:00:00Z` : text)
  return edge === 'end' && text.length === 10 ? new Date(at.getTime() + 86_400_000) : at
}
