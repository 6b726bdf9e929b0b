import { TriangleAlert } from 'lucide-react'
import Link from 'next/link'
import type { ReadTerms, TermProblem } from '@/lib/audit/term'
import { auditPath, type Address, type AddressProblem } from '@/lib/audit/view-address'
import { Empty } from '../ui/empty'
import { HostileText } from '../ui/hostile-text'
import { Icon } from '../ui/icon'

/** What of an address cannot be read, part by part, and the address that would say what is left. Nothing where all of it can be. */
export function AddressProblems({
  address,
  problems,
  asked,
  kept,
}: {
  address: Address
  problems: readonly AddressProblem[]
  asked: ReadTerms
  /** what the last good filter showed stands below */ kept: boolean
}) {
  if (problems.length > 0)
    return (
      <Empty
        kind="filtered"
        title="This address does not say what to show."
        wider={{ href: auditPath(address), words: 'Show what can be read of it' }}
        clear={{ href: auditPath({}), words: 'Show the last day' }}
      >
        {problems.map(({ parameter, says }) => (
          <span className="err" key={`${parameter} ${says}`}>
            <Icon of={TriangleAlert} />
            <span>
              <span className="mono">
                <HostileText text={parameter} max={60} />
              </span>
              : <HostileText text={says} max={200} />
            </span>
          </span>
        ))}
      </Empty>
    )
  if (asked.ok) return null
  const mended = mend(address.q, asked.problems)
  if (kept)
    return (
      <p className="asof" role="status">
        The filter above cannot be read. What stands below is what the one before it found.{' '}
        {mended !== null && <Link href={auditPath({ ...address, q: mended })}>Show {mended}</Link>}
      </p>
    )
  return (
    <Empty
      kind="filtered"
      title="This filter cannot be read, so nothing was looked for."
      wider={mended === null ? undefined : { href: auditPath({ ...address, q: mended }), words: `Show ${mended}` }}
      clear={{ href: auditPath({ ...address, q: '' }), words: 'Clear the filter' }}
    >
      What is wrong is marked under the bar.
    </Empty>
  )
}

/** The filter with everything in place that is offered instead; null where something has no such offer. */
function mend(q: string, problems: readonly TermProblem[]): string | null {
  if (problems.some(({ instead }) => instead === undefined)) return null
  return problems
    .toSorted((a, b) => b.at - a.at)
    .reduce((text, { at, length, instead = '' }) => text.slice(0, at) + instead + text.slice(at + length), q)
    .trim()
}
