'use client'

import { paths } from '@/lib/core/paths'
import { Empty } from '../ui/empty'
import { Time } from '../ui/time'
import type { InboxView } from '@/lib/decisions/request'

/** Why the inbox is empty: nothing waits for you, nothing waits at all, or nothing ever has. */
export function InboxEmpty({ view, mine }: { view: InboxView; mine: boolean }) {
  const others = view.waiting.all
  if (mine && others > 0) {
    return (
      <Empty
        kind="done"
        title="Nothing waits for you."
        see={{ href: paths.approvals('all'), words: 'Show all approvals' }}
      >
        {others === 1 ? 'One action waits for somebody else.' : `${others} actions wait for other people.`}
      </Empty>
    )
  }
  if (view.lastVerdict === null) {
    return (
      <Empty kind="never" title="No agent has asked yet." learn={{ href: paths.agents(), words: 'See the agents' }}>
        What an agent’s boundary does not let it do alone waits here, with everything needed to decide, until somebody
        answers or its time is over.
      </Empty>
    )
  }
  return (
    <Empty kind="done" title="Nothing waits." see={{ href: paths.audit(), words: 'What was decided' }}>
      The last verdict was <Time at={view.lastVerdict.at} show="relative" />, by {view.lastVerdict.by}.
    </Empty>
  )
}
