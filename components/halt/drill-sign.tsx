import { SEAT_REFUSALS } from '@/lib/approvals/seat'
import type { DrillDetail } from '@/lib/halt/read-drills'
import type { Flash } from '@/lib/people/session-flash'
import { saidTo } from '../people/said'
import { Button } from '../ui/button'
import { Digest } from '../ui/digest'
import { Option, Options, TextArea } from '../ui/field'
import { FormErrors } from '../ui/form-errors'
import { HostileText } from '../ui/hostile-text'
import { Seat, Seats } from '../ui/seat'
import { Time } from '../ui/time'
import { drilledWords } from './drill-words'

/** The plan of a live drill and its two lines: the second signature begins it, and both agree to its lift (ADR 0038). */
export function DrillSign({
  drill,
  me,
  flash,
}: {
  drill: DrillDetail
  me: { name: string }
  flash: Flash | undefined
}) {
  const { approval } = drill
  if (approval === null) return null
  const action = `/api/console/drills/${drill.id}/answer`
  const form = saidTo(flash, action)
  const mine = approval.mine.approve
  const refusal = mine.ok ? undefined : SEAT_REFUSALS[mine.reason]
  return (
    <section className="lift" aria-labelledby="sign">
      <h2 id="sign">It begins when a second person signs.</h2>
      <p>
        Then {drilledWords(drill.scope, drill.name)} is really halted, for {drill.windowMs / 1_000} seconds at most. It
        is lifted by itself once every agent has confirmed, or that time is up: both of you agree to that now. Grants
        that are out then are dead, and whatever waits takes a fresh look. Whoever engages the same halt meanwhile makes
        it real, and it stays.
      </p>
      <Seats>
        {approval.verdicts.map((verdict) => (
          <Seat
            key={verdict.personId}
            seat="taken"
            who={verdict.name}
            at={<Time at={verdict.at} />}
            under={
              <>
                “<HostileText text={verdict.reason} max={400} />”
              </>
            }
          />
        ))}
        {mine.ok ? (
          <Seat seat="you" who={`You, ${me.name}`} />
        ) : (
          <Seat seat="closed" who="anyone on call, any analyst or ciso" reason={refusal} />
        )}
      </Seats>
      <p className="under">
        Asked until <Time at={approval.expiresAt} />. Then it has to be planned anew.
      </p>
      <form method="post" action={action} className="liftf" aria-label="Your answer">
        <FormErrors errors={form.errors} />
        <Options legend="Your answer" name="answer" error={form.error('answer')}>
          <Option type="radio" name="answer" value="approve" required disabled={!mine.ok}>
            Sign: halt it now, and lift it when it has been measured
          </Option>
          <Option type="radio" name="answer" value="reject" required disabled={!mine.ok}>
            Do not agree: nothing is halted
          </Option>
        </Options>
        <TextArea
          name="reason"
          label="Why"
          aside="required to not agree, recorded"
          rows={2}
          maxLength={2_000}
          disabled={!mine.ok}
          defaultValue={form.value('reason') ?? ''}
          error={form.error('reason')}
        />
        <input type="hidden" name="digest" value={approval.digest} />
        <p className="digl">
          <span className="t3">You answer exactly</span>{' '}
          <Digest value={approval.digest} what="the digest of the plan" />
        </p>
        <Button type="submit" disabledReason={refusal}>
          Record your answer
        </Button>
      </form>
    </section>
  )
}
