import Link from 'next/link'
import { paths } from '@/lib/core/paths'
import type { SecondWanted } from '@/lib/halt/read-waiting'
import { drilledWords } from '../halt/drill-words'
import { scopeWords } from '../halt/halt-head'
import { Note } from '../ui/banner'
import { HostileText } from '../ui/hostile-text'
import { Time } from '../ui/time'

/** Live drills that were planned and lifts that were asked for, each with the way to where a second person answers. */
export function SecondsWanted({ wanted }: { wanted: readonly SecondWanted[] }) {
  return wanted.map((one) => {
    const href = 'drill' in one ? paths.drill(one.drill.id) : `${paths.haltOf(one.halt.id)}#lift`
    return (
      <Note key={href} tone="hold">
        {one.asker} {'drill' in one ? 'plans a live drill of' : 'asks to lift a halt,'}{' '}
        <b>{'drill' in one ? drilledWords(one.drill.scope, one.drill.name) : scopeWords(one.halt)}</b>: “
        <HostileText text={one.reason} max={200} />
        ”. It waits for a second person until <Time at={one.expiresAt} show="clock" />.{' '}
        <Link href={href}>{one.mine ? 'Agree or refuse' : 'Read it'}</Link>
      </Note>
    )
  })
}
