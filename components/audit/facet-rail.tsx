import Link from 'next/link'
import type { Facet, Facets } from '@/lib/audit/facets'
import type { Terms } from '@/lib/audit/term'
import { asksFor, toggled } from '@/lib/audit/term-edit'
import { printTerms } from '@/lib/audit/term-print'
import { auditPath, topOf, type Address } from '@/lib/audit/view-address'
import { OUTCOMES, type Outcome } from '@/lib/ledger/entry'
import { ENTRY_KINDS, type EntryKind } from '@/lib/ledger/entry-kinds'
import { HostileText } from '../ui/hostile-text'
import { StateWord } from '../ui/state-word'
import { KIND_WORDS, OUTCOME_STATES } from './entry-words'

const TITLES: Readonly<Record<Facet, string>> = {
  outcome: 'Outcome',
  kind: 'What happened',
  agent: 'Agent',
  action: 'Tool',
  reason: 'Reason',
}

const ORDER = Object.keys(TITLES) as Facet[]

/** What the entries of the view have in common, with counts. A tick writes the same filter as the bar, and can be taken away there. */
export function FacetRail({ facets, terms, address }: { facets: Facets; terms: Terms; address: Address }) {
  return (
    <aside className="fac" aria-label="Narrow by">
      {ORDER.map((field) => {
        const values = facets.fields[field]
        if (values.length === 0) return null
        return (
          <section key={field}>
            <h2>{TITLES[field]}</h2>
            <ul>
              {values.map(({ value, count }) => {
                const on = asksFor(terms, field, value)
                return (
                  <li key={value}>
                    <Link
                      className={on ? 'fv on' : 'fv'}
                      href={auditPath({ ...topOf(address), q: printTerms(toggled(terms, field, value)) })}
                      aria-current={on ? 'true' : undefined}
                    >
                      <span className="bx" aria-hidden="true" />
                      <span className="vv">
                        <Value field={field} value={value} />
                      </span>
                      <span className="ct">{count.toLocaleString('en')}</span>
                    </Link>
                  </li>
                )
              })}
            </ul>
          </section>
        )
      })}
      {!facets.exact && <p className="s12 t3">Counted in the newest {facets.counted.toLocaleString('en')} entries.</p>}
    </aside>
  )
}

function Value({ field, value }: { field: Facet; value: string }) {
  if (field === 'outcome' && isOutcome(value)) return <StateWord state={OUTCOME_STATES[value]} />
  if (field === 'kind' && isKind(value)) return KIND_WORDS[value]
  if (field === 'reason') return value.replaceAll('_', ' ')
  return <HostileText text={value} max={120} />
}

const isOutcome = (text: string): text is Outcome => (OUTCOMES as readonly string[]).includes(text)
const isKind = (text: string): text is EntryKind => (ENTRY_KINDS as readonly string[]).includes(text)
