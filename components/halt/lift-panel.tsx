import type { HaltInForce } from '@/lib/halt/read-in-force'
import { SEAT_REFUSALS, type Seat as MaySeat } from '@/lib/approvals/seat'
import { OctagonMinus } from 'lucide-react'
import { STAGE_REFUSALS } from '@/lib/halt/staged-lift'
import type { Permission } from '@/lib/people/permission'
import { Button } from '../ui/button'
import { HostileText } from '../ui/hostile-text'
import { Seat, Seats } from '../ui/seat'
import { Time } from '../ui/time'
import { LiftForm } from './lift-form'
import { LiftStages } from './lift-stages'

/**
 * Lifting takes two people with a reason each, one of whom did not engage it: two lines to sign on. A plain button, because
 * letting agents run again is not the dangerous act to make easy.
 */
export function LiftPanel({
  halt,
  me,
  mayAsk,
  mayStop,
  teams,
  now,
}: {
  halt: HaltInForce
  me: { id: string; name: string }
  /** whether the person who looks could take the first seat */ mayAsk: MaySeat
  /** whether they may halt again what was let go */ mayStop: Permission
  /** null: too many to choose from a list */ teams: readonly string[] | null
  now: Date
}) {
  const { lift: asked, progress } = halt
  const mine: MaySeat = asked ? asked.mine.approve : mayAsk
  const agreed = asked?.status === 'approved'
  const waits = waitsFor(progress, now)
  return (
    <section className="lift" aria-labelledby="lift">
      <h2 id="lift" tabIndex={-1}>
        To lift it, two people sign. One of them did not engage it.
      </h2>
      {progress.stages.length > 0 && <LiftStages stages={progress.stages} />}
      {progress.steps.includes('stop') && <StopForm halt={halt} may={mayStop} />}
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
        {!agreed && <OpenSeat me={me} mine={asked ? mine : null} />}
      </Seats>
      {halt.engagedBy && (
        <p className="under">{halt.engagedBy.name} engaged it, and may be one of the two but not both.</p>
      )}
      {agreed && (
        <p className="under">
          Both agreed to let go {whatOf(progress.asked)}, and it was cut off before it was done. Anyone who may lift
          completes it, within an hour of the second answer; one “no” ends it.
        </p>
      )}
      {asked && !agreed && (
        <p className="under">
          {progress.asked?.stage === 'all' ? 'All of it' : `Letting go ${progress.asked?.name ?? ''}`} is asked until{' '}
          <Time at={asked.expiresAt} />. Then it has to be asked anew.
        </p>
      )}
      {waits !== null && <p className="under">{waits}</p>}
      <LiftForm
        halt={halt}
        teams={teams}
        refusal={mine.ok ? (asked ? undefined : (waits ?? undefined)) : SEAT_REFUSALS[mine.reason]}
      />
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

/** Taking back what was let go: one person and one button, as for engaging. */
function StopForm({ halt, may }: { halt: HaltInForce; may: Permission }) {
  return (
    <form method="post" action={`/api/console/halts/${halt.id}/stop`} className="liftf">
      <Button type="submit" variant="halt" icon={OctagonMinus} disabledReason={may.ok ? undefined : may.reason}>
        Halt all of it again
      </Button>
      <p className="hint">
        One person does it. What was granted meanwhile is dead. Doing nothing keeps the rest halted.
      </p>
    </form>
  )
}

const whatOf = (asked: HaltInForce['progress']['asked']) =>
  asked === null || asked.stage === 'all' ? 'all of it' : asked.name

function waitsFor({ liftableFrom, waits }: HaltInForce['progress'], now: Date): string | null {
  if (liftableFrom === null || liftableFrom > now)
    return 'It was engaged from the database, by nobody known. It is recorded first and stands for a quarter of an hour, so that whoever did it can say why.'
  return waits === null ? null : STAGE_REFUSALS[waits]
}
