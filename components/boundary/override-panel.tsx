import type { Override } from '@/lib/boundary/override'
import type { Permission } from '@/lib/people/permission'
import { Note } from '../ui/banner'
import { Button } from '../ui/button'
import { TextArea } from '../ui/field'
import { HostileText } from '../ui/hostile-text'
import { Seat } from '../ui/seat'
import { Time } from '../ui/time'

/** The last widening is still being watched: until when, and the two lines of those who say that this one need not wait. */
export function OverridePanel({
  slug,
  version,
  digest,
  watching,
  override,
  may,
  meId,
}: {
  slug: string
  version: number
  digest: string
  watching: { since: Date; until: Date }
  override: Override | null
  may: Permission
  meId: string
}) {
  const action = `/api/console/boundaries/${slug}/${String(version)}/override`
  return (
    <section aria-label="Watching period" className="gap-above">
      <Note tone="hold">
        It was widened on <Time at={watching.since} show="day" />, and a widening is watched until{' '}
        <b>
          <Time at={watching.until} show="day" />
        </b>
        . Before that, another takes two people who say why it cannot wait.
      </Note>
      {override === null ? (
        may.ok ? (
          <form method="post" action={action} aria-label="Ask for an override">
            <input type="hidden" name="digest" value={digest} />
            <TextArea label="Why it cannot wait" name="reason" rows={2} required maxLength={2000} />
            <Button type="submit" size="sm">
              Ask a second person
            </Button>
          </form>
        ) : (
          <Seat seat="closed" who="Whoever asks that it need not wait" reason={may.reason} />
        )
      ) : (
        <>
          <Seat
            seat="taken"
            plain
            hand="drafted"
            who={override.asked.name}
            at={<Time at={override.asked.at} />}
            under={
              <>
                asks: “<HostileText text={override.reason} max={400} />”
              </>
            }
          />
          {override.agreed !== null ? (
            <Seat
              seat="taken"
              who={override.agreed.name}
              at={<Time at={override.agreed.at} />}
              under="agreed. A ciso of the two signs it."
            />
          ) : may.ok && override.asked.id !== meId ? (
            <form method="post" action={`${action}/agreement`} aria-label="Agree to the override">
              <input type="hidden" name="digest" value={digest} />
              <Seat seat="you" who="You" under="You agree that this widening need not wait." />
              <Button type="submit" size="sm">
                Agree that it need not wait
              </Button>
            </form>
          ) : (
            <Seat seat="open" to="Another ciso or analyst agrees" />
          )}
        </>
      )}
    </section>
  )
}
