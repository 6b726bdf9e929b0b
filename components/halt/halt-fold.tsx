import Link from 'next/link'
import type { HaltStanding } from '@/lib/halt/read-in-force'
import { paths } from '@/lib/core/paths'
import { HaltHead } from './halt-head'

/** A halt in force, folded to what must be seen of it among others: how many have not confirmed, and by name. */
export function HaltFold({ halt, now }: { halt: HaltStanding; now: Date }) {
  const { silent, agents } = halt
  const unnamed = halt.counts.unconfirmed - silent.length
  return (
    <article className="inf">
      <HaltHead halt={halt} now={now} />
      <p>
        {halt.counts.confirmed.toLocaleString('en')} of {agents.toLocaleString('en')}{' '}
        {agents === 1 ? 'agent has' : 'agents have'} confirmed.{' '}
        {silent.length > 0 && (
          <b>
            {silent.join(', ')}
            {unnamed > 0 && ` and ${unnamed.toLocaleString('en')} more`}{' '}
            {halt.counts.unconfirmed === 1 ? 'has' : 'have'} not answered.{' '}
          </b>
        )}
        {halt.lift?.status === 'pending' && 'Lifting it was asked for, and waits for a second person. '}
        {halt.lift?.status === 'approved' && 'Two people agreed to lift it, and it was cut off before it was done. '}
        <Link href={paths.haltOf(halt.id)}>{halt.lift ? 'Open it and answer' : 'Open it'}</Link>
      </p>
    </article>
  )
}
