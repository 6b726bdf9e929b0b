import type { LapseSetting } from '@/lib/boundary/read-terms'
import type { Flash } from '@/lib/people/session-flash'
import { Button } from '../ui/button'
import { Field, Select } from '../ui/field'
import { FormErrors } from '../ui/form-errors'
import { saidTo } from './said'

const LAPSE = '/api/console/organisation/lapse'

/** What becomes of an agent that lapsed, and when people are told; a ciso's to change. */
export function LapseForm({ flash, setting }: { flash: Flash | undefined; setting: LapseSetting }) {
  const form = saidTo(flash, LAPSE)
  return (
    <form method="post" action={LAPSE} className="narrow-form" aria-label="When a boundary or a review lapses">
      <FormErrors errors={form.errors} />
      <Select
        label="An agent whose boundary lapsed or whose review is overdue"
        name="onLapse"
        defaultValue={form.value('onLapse') ?? setting.onLapse}
        hint="It holds from the next answer on, for every agent."
        choices={[
          ['read_only', 'keeps what it reads'],
          ['suspend', 'may do nothing: it is suspended'],
        ]}
        error={form.error('onLapse')}
      />
      <Field
        label="People are told so many days before it is due"
        name="remindDays"
        maxLength={60}
        defaultValue={form.value('remindDays') ?? setting.remindDays.join(', ')}
        hint="The owner from the first, cisos from 14 days, administrators from the last day; and everybody when it is due and when it is over."
        error={form.error('remindDays')}
      />
      <Button type="submit">Save</Button>
    </form>
  )
}
