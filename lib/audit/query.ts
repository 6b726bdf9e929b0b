import { parsePublicId } from '@/lib/core/ids'
import { paths } from '@/lib/core/paths'
import { OUTCOMES, type Outcome } from '@/lib/ledger/entry'

/** What the audit list shows. The URL is the view: every field is a parameter of it, and none is ever dropped silently. */
export type AuditQuery = {
  /** the agent's slug */
  agent?: string
  outcome?: Outcome
  /** Keyset: the page of entries older, or newer, than this entry (`ent_…`). Never both. */
  before?: string
  after?: string
}

/** A query as it was read from a URL, and what of the URL could not be read: then nothing is listed, and the page says why. */
export type ReadQuery = { ok: true; query: AuditQuery } | { ok: false; problem: string }

const SLUG = /^[a-z][a-z0-9-]{1,62}$/

/** Reads the parameters of `/audit`. A value given twice, or one we do not know, is a problem and not a guess. */
export function readQuery(given: Readonly<Record<string, string | readonly string[] | undefined>>): ReadQuery {
  const known = ['agent', 'outcome', 'before', 'after'] as const
  const values: Partial<Record<(typeof known)[number], string>> = {}
  for (const name of known) {
    const value = given[name]
    if (value === undefined || value === '') continue
    if (typeof value !== 'string') return problem(`${name} is given more than once.`)
    values[name] = value
  }
  const { agent, outcome, before, after } = values
  if (agent !== undefined && !SLUG.test(agent)) return problem('An agent is named as in its address: soc-triage.')
  if (outcome !== undefined && !isOutcome(outcome)) return problem(`An outcome is one of: ${OUTCOMES.join(', ')}.`)
  if (before !== undefined && after !== undefined) return problem('A page begins before or after an entry, not both.')
  const edge = before ?? after
  if (edge !== undefined && !isEntryId(edge))
    return problem('A page begins at an entry, by its id: ent_ and 32 digits.')
  return { ok: true, query: { agent, outcome: outcome, before, after } }
}

/** The address of a view. `readQuery` of it gives the same query back. */
export function auditPath(query: AuditQuery): string {
  const { agent, outcome, before, after } = query
  return paths.audit({
    ...(agent !== undefined && { agent }),
    ...(outcome !== undefined && { outcome }),
    ...(before !== undefined && { before }),
    ...(after !== undefined && { after }),
  })
}

/** Whether something is filtered, wherever in the list the page stands. */
export function isFiltered({ agent, outcome }: AuditQuery): boolean {
  return agent !== undefined || outcome !== undefined
}

/** A filter in words: "agent is soc-triage, outcome is forbid". */
export function filterWords({ agent, outcome }: AuditQuery): string {
  return [agent && `agent is ${agent}`, outcome && `outcome is ${outcome}`].filter(Boolean).join(', ')
}

export function isOutcome(text: string): text is Outcome {
  return (OUTCOMES as readonly string[]).includes(text)
}

function isEntryId(text: string): boolean {
  try {
    return parsePublicId('entry', text) !== ''
  } catch {
    return false
  }
}

const problem = (words: string): ReadQuery => ({ ok: false, problem: words })
