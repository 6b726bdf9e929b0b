import { CircleMinus, CirclePlus } from 'lucide-react'
import Link from 'next/link'
import type { EntryTerm } from '@/lib/audit/entry-terms'
import { filterFor, filterOut } from '@/lib/audit/term-edit'
import { printTerms } from '@/lib/audit/term-print'
import type { Terms } from '@/lib/audit/term'
import { auditPath, topOf, type Address } from '@/lib/audit/view-address'
import { HostileText } from '../ui/hostile-text'
import { Icon } from '../ui/icon'

/** Every fact of the entry the bar can ask for, each with the two ways to filter by it. The values may be an agent's words. */
export function PanelFields({
  facts,
  terms,
  address,
}: {
  facts: readonly EntryTerm[]
  terms: Terms
  address: Address
}) {
  return (
    <section className="pf" aria-labelledby="open-fields">
      <h2 id="open-fields">Fields</h2>
      <dl>
        {facts.map(({ field, value }) => {
          const href = (next: Terms) => auditPath({ ...topOf(address), q: printTerms(next), entry: address.entry })
          return (
            <div key={`${field} ${value}`}>
              <dt>{field}</dt>
              <dd>
                <span className="fvv">
                  <HostileText text={value} max={200} />
                </span>
                <Link
                  href={href(filterFor(terms, field, value))}
                  aria-label={`Filter for ${field} ${value.slice(0, 60)}`}
                  title="Only these"
                  prefetch={false}
                >
                  <Icon of={CirclePlus} size="xs" />
                </Link>
                <Link
                  href={href(filterOut(terms, field, value))}
                  aria-label={`Filter out ${field} ${value.slice(0, 60)}`}
                  title="Without these"
                  prefetch={false}
                >
                  <Icon of={CircleMinus} size="xs" />
                </Link>
              </dd>
            </div>
          )
        })}
      </dl>
    </section>
  )
}
