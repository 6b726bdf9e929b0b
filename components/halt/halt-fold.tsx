import Link from 'next/link'
import type { HaltInForce } from '@/lib/halt/read'
import { paths } from '@/lib/core/paths'
import { HaltHead } from './halt-head'

/** A halt in force, folded to what must be seen of it among others: how many have not confirmed, and by name. */
export function HaltFold({ halt, now }: { halt: HaltInForce; now: Date }) {
  const silent = halt.agents.filter((agent) => agent.state === 'unconfirmed').map((agent) => agent.slug)
  return (
    <article className="inf">
      <HaltHead halt={halt} now={now} />
      <p>
        {halt.counts.confirmed} of {halt.agents.length} {halt.agents.length === 1 ? 'agent has' : 'agents have'}{' '}
        confirmed.{' '}
        {silent.length > 0 && (
          <b>
            {silent.slice(0, 4).join(', ')}
            {silent.length > 4 && ` and ${silent.length - 4} more`} {silent.length === 1 ? 'has' : 'have'} not
            answered.{' '}
          </b>
        )}
        {halt.lift?.status === 'pending' && 'Lifting it was asked for, and waits for a second person. '}
        {halt.lift?.status === 'approved' && 'Two people agreed to lift it, and it was cut off before it was done. '}
        <Link href={paths.haltOf(halt.id)}>{halt.lift ? 'Open it and answer' : 'Open it'}</Link>
      </p>
    </article>
  )
}
