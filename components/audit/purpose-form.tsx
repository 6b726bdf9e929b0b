import { Button } from '../ui/button'
import { Field } from '../ui/field'

/**
 * What stands where something sensitive would: say why, and it opens for half an hour, for you alone.
 * @param entry `ent_…`, or `action`, `act_…`
 */
export function PurposeForm({ entry, action }: { entry?: string; action?: string }) {
  return (
    <form method="post" action="/api/console/audit/readings" className="narrow-form">
      <p>
        <b>This is marked sensitive.</b> Say why you read it. What you write becomes an entry with your name, and it
        opens for you for half an hour.
      </p>
      {entry && <input type="hidden" name="entry" value={entry} />}
      {action && <input type="hidden" name="action" value={action} />}
      <Field label="Why do you read this?" name="purpose" required minLength={3} maxLength={500} />
      <Button type="submit">Read it</Button>
    </form>
  )
}
