import { filterWords, isFiltered, type AuditQuery } from '@/lib/audit/query'
import { paths } from '@/lib/core/paths'
import { Empty } from '../ui/empty'

/** Why the list is empty: nothing was ever recorded, the filter matched none, or what it names is not there. */
export function AuditEmpty({ query, any, unknownAgent }: { query: AuditQuery; any: boolean; unknownAgent: boolean }) {
  const clear = { href: paths.audit(), words: 'Clear the filter' }
  if (unknownAgent) {
    return (
      <Empty kind="filtered" title={`There is no agent ${query.agent ?? ''} that you may read about.`} clear={clear}>
        Perhaps it was written differently. The filter above names those there are.
      </Empty>
    )
  }
  if (isFiltered(query)) {
    return (
      <Empty kind="filtered" title="No entry matches." clear={clear}>
        Nothing was recorded where {filterWords(query)}.
      </Empty>
    )
  }
  if (any) {
    return (
      <Empty
        kind="filtered"
        title="Nothing lies beyond this."
        clear={{ href: paths.audit(), words: 'Back to the newest' }}
      >
        This is the end of the list.
      </Empty>
    )
  }
  return (
    <Empty kind="never" title="Nothing has been recorded that you may read.">
      Every decision about an agent, every verdict and every change of the rules becomes an entry here, and none can be
      taken out again without it showing.
    </Empty>
  )
}
