import type { HaltInForce } from '@/lib/halt/read'
import { SEAT_REFUSALS, type Seat as MaySeat } from '@/lib/approvals/seat'
import { Button } from '../ui/button'
import { Digest } from '../ui/digest'
import { Option, Options, TextArea } from '../ui/field'
import { HostileText } from '../ui/hostile-text'
import { Seat, Seats } from '../ui/seat'
import { Time } from '../ui/time'

/**
 * Lifting takes two people with a reason each, one of whom did not engage it: two lines to sign on. A plain button, because
 * letting agents run again is not the dangerous act to make easy.
 */
export function LiftPanel({
  halt,
  me,
  mayAsk,
}: {
  halt: HaltInForce
  me: { id: string; name: string }
  /** whether the person who looks could take the first seat */ mayAsk: MaySeat
}) {
  const asked = halt.lift
  const mine: MaySeat = asked ? asked.mine.approve : mayAsk
  return (
    <section className="lift" aria-labelledby="lift">
      <h2 id="lift">To lift it, two people sign. One of them did not engage it.</h2>
      <Seats>
        {asked?.verdicts.map((verdict) => (
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
        {!asked && <OpenSeat me={me} mine={mine} first />}
        <OpenSeat me={me} mine={asked ? mine : null} />
      </Seats>
      {halt.engagedBy && (
        <p className="under">{halt.engagedBy.name} engaged it, and may be one of the two but not both.</p>
      )}
      {asked && (
        <p className="under">
          Asked until <Time at={asked.expiresAt} />. Then it has to be asked anew.
        </p>
      )}
      <LiftForm halt={halt} mine={mine} />
    </section>
  )
}

function OpenSeat({
  me,
  mine,
  first,
}: {
  me: { name: string }
  /** null: not the seat in question now */ mine: MaySeat | null
  first?: boolean
}) {
  const whose = first ? 'anyone on call, any analyst or ciso' : 'a second one of them'
  if (mine === null) return <Seat seat="open" to={whose} />
  return mine.ok ? (
    <Seat seat="you" who={`You, ${me.name}`} />
  ) : (
    <Seat seat="closed" who={whose} reason={SEAT_REFUSALS[mine.reason]} />
  )
}

function LiftForm({ halt, mine }: { halt: HaltInForce; mine: MaySeat }) {
  const asked = halt.lift
  const refusal = mine.ok ? undefined : SEAT_REFUSALS[mine.reason]
  return (
    <form method="post" action={`/api/console/halts/${halt.id}/lift`} className="liftf">
      {asked && (
        <Options legend="Your answer" name="answer">
          <Option type="radio" name="answer" value="approve" required disabled={!mine.ok}>
            Agree to lift it
          </Option>
          <Option type="radio" name="answer" value="reject" required disabled={!mine.ok}>
            Keep it in force
          </Option>
        </Options>
      )}
      <TextArea
        name="reason"
        label="Why"
        aside="required, recorded"
        rows={2}
        maxLength={2_000}
        required
        disabled={!mine.ok}
      />
      {asked && (
        <>
          <input type="hidden" name="digest" value={asked.digest} />
          <p className="digl">
            <span className="t3">You answer exactly</span>{' '}
            <Digest value={asked.digest} what="the digest of the request to lift" />
          </p>
        </>
      )}
      <Button type="submit" disabledReason={refusal}>
        {asked ? 'Record your answer' : 'Ask to lift this halt'}
      </Button>
    </form>
  )
}
