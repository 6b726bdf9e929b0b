import Link from 'next/link'
import { paths } from '@/lib/core/paths'
import type { DrillDetail } from '@/lib/halt/read-drills'
import { Button } from '../ui/button'
import { TextArea } from '../ui/field'
import { Time } from '../ui/time'
import { drilledWords } from './drill-words'

/** A live drill goes on: until when, and the button for when it is an emergency after all. */
export function DrillReal({ drill, may }: { drill: DrillDetail; may: { ok: true } | { ok: false; reason: string } }) {
  return (
    <section className="lift" aria-labelledby="real">
      <h2 id="real">Really halted: {drilledWords(drill.scope, drill.name)}.</h2>
      <p>
        {drill.endsAt && (
          <>
            It is lifted by itself once every agent has confirmed, at <Time at={drill.endsAt} show="clock" /> at the
            latest.{' '}
          </>
        )}
        {drill.halt && <Link href={paths.haltOf(drill.halt.id)}>The halt</Link>}
      </p>
      <form method="post" action={`/api/console/drills/${drill.id}/real`} className="liftf" aria-label="It is real">
        <TextArea
          name="reason"
          label="Why"
          aside="may follow afterwards"
          rows={2}
          maxLength={2_000}
          disabled={!may.ok}
        />
        <Button type="submit" variant="halt" disabledReason={may.ok ? undefined : may.reason}>
          It is real: keep it halted
        </Button>
      </form>
    </section>
  )
}
