import type { Terms } from '@/lib/audit/term'
import { filterWords } from '@/lib/audit/term-words'
import { auditPath, topOf, type Address } from '@/lib/audit/view-address'
import { lastHolding } from '@/lib/audit/view-range'
import { Empty } from '../ui/empty'
import { HostileText } from '../ui/hostile-text'
import { Time } from '../ui/time'

/** Why the list is empty: nothing was ever recorded, nothing in this stretch of time, or nothing that the filter finds. */
export function AuditEmpty({
  address,
  terms,
  within,
  newest,
  never,
  now,
}: {
  address: Address
  terms: Terms
  /** the range in words */ within: string
  newest: string | null
  never: boolean
  now: Date
}) {
  if (never)
    return (
      <Empty kind="never" title="Nothing has been recorded that you may read.">
        Every decision about an agent, every verdict and every change of the rules becomes an entry here, and none can
        be taken out again without it showing.
      </Empty>
    )
  if (address.before !== null || address.after !== null)
    return (
      <Empty
        kind="filtered"
        title="Nothing lies beyond this."
        clear={{ href: auditPath(topOf(address)), words: 'Back to the newest' }}
      >
        This is the end of the list.
      </Empty>
    )
  const filtered = terms.length > 0
  const stretch = within.startsWith('last') ? `the ${within}` : within
  const clear = { href: auditPath({ ...topOf(address), q: '' }), words: 'Clear the filter' }
  if (newest === null)
    return (
      <Empty kind="filtered" title="No entry matches, in all of the log." clear={clear}>
        Nothing was ever recorded where <HostileText text={filterWords(terms)} max={600} />.
      </Empty>
    )
  const wider = { href: auditPath({ ...topOf(address), span: around(new Date(newest), now) }), words: 'Show it' }
  return (
    <Empty
      kind="filtered"
      title={`Nothing ${filtered ? 'matches' : 'was recorded'} in ${stretch}.`}
      wider={wider}
      clear={
        filtered ? clear : { href: auditPath({ ...topOf(address), span: { last: '30d' } }), words: 'The last 30 days' }
      }
    >
      The newest {filtered ? 'that matches' : 'entry'} is of <Time at={newest} show="full" />.
    </Empty>
  )
}

/** A stretch that holds a moment: the shortest that slides, else a day around it. */
function around(at: Date, now: Date): Address['span'] {
  const last = lastHolding(at, now)
  if (last !== null) return { last }
  return { from: new Date(at.getTime() - 43_200_000), to: new Date(at.getTime() + 43_200_000) }
}
