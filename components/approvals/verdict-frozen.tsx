import { Snowflake } from 'lucide-react'
import Link from 'next/link'
import { paths } from '@/lib/core/paths'
import { Icon } from '../ui/icon'
import { Note } from '../ui/banner'
import { Kept } from './kept'

/** A halt lies over the request: no verdict counts, and nothing resumes by itself. */
export function VerdictFrozen({ halt, kept }: { halt: string; kept: string }) {
  return (
    <section aria-labelledby="vf">
      <h2 id="vf">No verdict counts now</h2>
      <Note tone="hold">
        <p role="status">
          <Icon of={Snowflake} /> A halt has frozen it. It goes on waiting as it is until two people lift{' '}
          <Link href={paths.haltOf(halt)}>the halt</Link>; nothing resumes by itself.
        </p>
      </Note>
      <Kept reason={kept} />
    </section>
  )
}
