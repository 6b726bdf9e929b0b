import { Button } from '@/components/ui/button'
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
            {change.requestedBy.name} asked <Time at={change.requestedAt} />: {change.reason} Make sure of{' '}
            {change.person.name} ({change.person.email}) yourself before you co-sign.
            {change.change === 'reset' && ' The link will be shown to you, for you to hand over.'}
          </p>
          <Answer change={change} actor={actor} />
        </li>
      ))}
    </ul>
  )
}

function Answer({ change, actor }: { change: WaitingChange; actor: Actor }) {
  const permission = can(actor, 'ciso.cosign', { personId: change.person.id, requesterId: change.requestedBy.id })
  const reason = permission.ok ? undefined : permission.reason
  return (
    <form method="post" action={`/api/console/ciso-changes/${change.id}/answer`}>
      <div className="acts">
        <Button type="submit" name="answer" value="approved" variant="pri" disabledReason={reason}>
          Co-sign
        </Button>
        {permission.ok && (
          <Button type="submit" name="answer" value="refused">
            Refuse
          </Button>
        )}
      </div>
    </form>
  )
}
