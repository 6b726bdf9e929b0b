import type { Said } from '../people/said'
import { Button } from '../ui/button'
import { Field } from '../ui/field'
import { FormErrors } from '../ui/form-errors'

export const REVIEW_DAYS_FORM = '/api/console/scrutiny/review-days'

/** After how many days a review is overdue; a ciso's to change. */
export function ReviewDaysForm({ days, said }: { days: number; said: Said }) {
  return (
    <form method="post" action={REVIEW_DAYS_FORM} className="narrow-form" aria-label="When a review is overdue">
      <FormErrors errors={said.errors} />
      <Field
        name="days"
        label="A review is overdue after so many days"
        inputMode="numeric"
        required
        maxLength={2}
        defaultValue={said.value('days') ?? String(days)}
        hint="1 to 90. It holds for the reviews that are open, too; an overdue one raises an alert."
        error={said.error('days')}
      />
      <Button type="submit">Save</Button>
    </form>
  )
}
