import type { ReviewDetail } from '@/lib/reviews/read'
import { Kept } from '../approvals/kept'
import type { Said } from '../people/said'
import { Button } from '../ui/button'
import { Option, Options, TextArea } from '../ui/field'
import { FormErrors } from '../ui/form-errors'
import { HostileText } from '../ui/hostile-text'
import { Seat } from '../ui/seat'
import { Time } from '../ui/time'

export const closingOf = (id: string): string => `/api/console/reviews/${id}/closing`

/**
 * What a person found in a change, or the form to say it. Nothing is preselected, what may not be said says why, and what somebody had
 * typed when another was faster is kept.
 */
export function ClosingForm({ review, said }: { review: ReviewDetail; said: Said }) {
  const { closed, may } = review
  const typed = said.value('note') ?? ''
  if (closed)
    return (
      <>
        <FormErrors errors={said.errors} />
        <Seat
          seat="taken"
          who={closed.by}
          at={<Time at={closed.at} />}
          under={
            <>
              {closed.finding === 'fine' ? 'It looked fine.' : 'Found a problem.'}{' '}
              {closed.note !== '' && (
                <>
                  “<HostileText text={closed.note} />”
                </>
              )}
            </>
          }
        />
        <Kept reason={typed} />
      </>
    )
  if (!may.fine.ok && !may.problem.ok) return <p className="t2">Nobody yet. {may.problem.reason}</p>
  return (
    <form method="post" action={closingOf(review.id)} aria-label="What you found">
      <FormErrors errors={said.errors} />
      <Options legend="What you found" name="finding" error={said.error('finding')}>
        <Option
          type="radio"
          name="finding"
          value="fine"
          required
          disabled={!may.fine.ok}
          hint={may.fine.ok ? undefined : may.fine.reason}
        >
          It looks fine
        </Option>
        <Option
          type="radio"
          name="finding"
          value="problem"
          required
          disabled={!may.problem.ok}
          hint={may.problem.ok ? 'An alert names the agent.' : may.problem.reason}
        >
          There is a problem
        </Option>
      </Options>
      <TextArea
        name="note"
        label="Note"
        aside="required for a problem, recorded"
        rows={4}
        maxLength={2_000}
        defaultValue={typed}
        error={said.error('note')}
      />
      <Button variant="pri" size="lg" wide type="submit">
        Close this review
      </Button>
    </form>
  )
}
