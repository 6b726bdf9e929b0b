import { Button } from '@/components/ui/button'
import { Seat, Seats } from '@/components/ui/seat'
import { Time } from '@/components/ui/time'
import type { Actor } from '@/lib/people/actor'
import { changeInWords } from '@/lib/people/co-signature'
import { can } from '@/lib/people/permission'
import type { WaitingChange } from '@/lib/people/read'

/** What an administrator asked to do to a ciso, each waiting for another ciso's co-signature. */
export function CoSignatures({ changes, actor }: { changes: readonly WaitingChange[]; actor: Actor }) {
  return (
    <ul>
      {changes.map((change) => (
        <li key={change.id} className="act">
          <h3>{changeInWords(change.change, change.person.name)}</h3>
          <p>
            “{change.reason}” Make sure of {change.person.name} ({change.person.email}) yourself before you co-sign.
            {change.change === 'reset' && ' The link will be shown to you, for you to hand over.'}
          </p>
          <Hands change={change} actor={actor} />
        </li>
      ))}
    </ul>
  )
}

/** Two lines for two people: whoever asked, and the ciso who answers. */
function Hands({ change, actor }: { change: WaitingChange; actor: Actor }) {
  const permission = can(actor, 'ciso.cosign', { personId: change.person.id, requesterId: change.requestedBy.id })
  return (
    <>
      <Seats>
        <Seat
          seat="taken"
          plain
          hand="drafted"
          who={change.requestedBy.name}
          at={<Time at={change.requestedAt} />}
          under="asked, as an administrator"
        />
        {permission.ok ? (
          <Seat seat="you" who="Your co-signature" under="as a ciso" />
        ) : (
          <Seat seat="closed" who="A ciso’s co-signature" reason={permission.reason} />
        )}
      </Seats>
      {permission.ok && <Answer change={change} />}
    </>
  )
}

function Answer({ change }: { change: WaitingChange }) {
  return (
    <form method="post" action={`/api/console/ciso-changes/${change.id}/answer`} className="answer">
      <div className="acts">
        <Button type="submit" name="answer" value="approved" variant="pri">
          Co-sign
        </Button>
        <Button type="submit" name="answer" value="refused">
          Refuse
        </Button>
      </div>
    </form>
  )
}
