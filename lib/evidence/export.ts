import type { Terms } from '@/lib/audit/term'

/** What an export can be: lines of JSON, a table for spreadsheets, OCSF events for a SIEM, or evidence with its proofs. */
export const FORMATS = ['ndjson', 'csv', 'ocsf', 'bundle'] as const
export type Format = (typeof FORMATS)[number]

/** In full, so that everybody sees that none of them belongs; or as hashes, where they are nobody else's business. */
export const OTHERS = ['entries', 'hashes'] as const
export type Others = (typeof OTHERS)[number]

/** Which entries: all that match the bar's terms, made in [from, to). */
export type ExportQuery = {
  terms: Terms
  /** the terms as the bar writes them */
  text: string
  /** what a bundle can be complete about: everything, or one agent by its name; null where the terms pick among entries */
  whole: { agent: { id: string; slug: string } | null } | null
  from: Date
  to: Date
}

/** The agent's name when all that is asked for is one agent; '' when everything is; null when anything else is. */
export function wholeOf(terms: Terms): string | null {
  const [term, more] = terms
  if (term === undefined) return ''
  if (more !== undefined || term.type !== 'field' || term.field !== 'agent' || term.negated) return null
  const [value, another] = term.values
  return another === undefined && value.is === 'exact' ? value.text : null
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
