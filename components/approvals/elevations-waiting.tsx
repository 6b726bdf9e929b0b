import Link from 'next/link'
import { durationWords } from '@/lib/boundary/duration'
import type { ElevationView } from '@/lib/boundary/read-elevations'
import { paths } from '@/lib/core/paths'
import { Note } from '../ui/banner'

/** Elevations that wait for an answer, each with the way to where it is given. */
export function ElevationsWaiting({ elevations }: { elevations: readonly ElevationView[] }) {
  return elevations.map((one) => (
    <Note key={one.id} tone="hold">
      {one.requester} asks for more for <b>{one.slug}</b>: {one.what}, for {durationWords(one.lengthMs)}.{' '}
      <Link href={`${paths.agent(one.slug)}#elevations`}>
        {one.approval?.mine.approve.ok ? 'Grant or refuse it' : 'Read it'}
      </Link>
    </Note>
  ))
}
