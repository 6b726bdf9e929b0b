import { X } from 'lucide-react'
import Link from 'next/link'
import { printTerm, printTerms } from '@/lib/audit/term-print'
import { withoutTerm } from '@/lib/audit/term-edit'
import { termWords } from '@/lib/audit/term-words'
import type { Terms } from '@/lib/audit/term'
import { auditPath, topOf, type Address } from '@/lib/audit/view-address'
import { HostileText } from '../ui/hostile-text'
import { Icon } from '../ui/icon'

/** The same filter in words, a chip a term. Each can be taken away; the text in the bar is where it is written. */
export function QueryChips({ terms, address }: { terms: Terms; address: Address }) {
  if (terms.length === 0) return null
  return (
    <ul className="chips" aria-label="What is filtered">
      {terms.map((term, at) => {
        const { name, asked } = termWords(term)
        return (
          <li className="chip" key={`${at} ${printTerm(term)}`}>
            <b>{name}</b>{' '}
            <span className="asked">
              <HostileText text={asked} max={400} />
            </span>
            <Link
              href={auditPath({ ...topOf(address), q: printTerms(withoutTerm(terms, at)) })}
              aria-label={`Take away: ${name} ${asked}`}
            >
              <Icon of={X} size="xs" />
            </Link>
          </li>
        )
      })}
      {terms.length > 1 && (
        <li>
          <Link className="s12" href={auditPath({ ...topOf(address), q: '' })}>
            Clear
          </Link>
        </li>
      )}
    </ul>
  )
}
