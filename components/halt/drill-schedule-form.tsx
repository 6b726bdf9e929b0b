import { drilledWord } from '@/lib/halt/drill-contract'
import { EVERY_MONTHS } from '@/lib/halt/drill-schedule'
import type { DrillCalendar } from '@/lib/halt/read-drills'
import type { Flash } from '@/lib/people/session-flash'
import { saidTo } from '../people/said'
import { Button } from '../ui/button'
import { Field, Option, Options, Select } from '../ui/field'
import { FormErrors } from '../ui/form-errors'
import type { DrillChoices } from './drill-form'

const ACTION = '/api/console/drills/schedule'

/** When drills are due and how fast agents should confirm; a ciso's or an administrator's to say. */
export function DrillScheduleForm({
  flash,
  calendar,
  choices,
}: {
  flash: Flash | undefined
  calendar: DrillCalendar
  choices: DrillChoices
}) {
  const form = saidTo(flash, ACTION)
  const { schedule, name, timeZone } = calendar
  const chosen = form.value('whenDue') ?? schedule.whenDue
  return (
    <form method="post" action={ACTION} className="narrow-form" aria-label="When drills are due">
      <FormErrors errors={form.errors} />
      <Select
        label="How often"
        name="everyMonths"
        defaultValue={form.value('everyMonths') ?? String(schedule.everyMonths)}
        choices={EVERY_MONTHS.map((months) => [String(months), everyWords(months)] as const)}
        error={form.error('everyMonths')}
      />
      <Field
        label="On day"
        name="day"
        inputMode="numeric"
        required
        maxLength={2}
        defaultValue={form.value('day') ?? String(schedule.day)}
        hint="Of the month, from 1 to 28."
        error={form.error('day')}
      />
      <Field
        label="At hour"
        name="hour"
        inputMode="numeric"
        required
        maxLength={2}
        defaultValue={form.value('hour') ?? String(schedule.hour)}
        hint={`From 0 to 23, by the clock of ${timeZone}.`}
        error={form.error('hour')}
      />
      <Select
        label="Of what"
        name="of"
        defaultValue={form.value('of') ?? drilledWord(schedule.scope, name)}
        choices={choices}
        error={form.error('of')}
      />
      <Field
        label="The last agent should confirm within so many seconds"
        name="targetSeconds"
        inputMode="numeric"
        required
        maxLength={3}
        defaultValue={form.value('targetSeconds') ?? String(schedule.targetMs / 1_000)}
        hint="From 1 to 900. Reports say whether it was met."
        error={form.error('targetSeconds')}
      />
      <Options legend="When one is due" name="whenDue" error={form.error('whenDue')}>
        <Option type="radio" name="whenDue" value="remind" defaultChecked={chosen === 'remind'}>
          Remind people
        </Option>
        <Option
          type="radio"
          name="whenDue"
          value="rehearse"
          defaultChecked={chosen === 'rehearse'}
          hint="A rehearsal begins by itself. A live drill never does."
        >
          Rehearse
        </Option>
      </Options>
      <Button type="submit">Save the schedule</Button>
    </form>
  )
}

/** `every month`, `every 3 months`, `once a year`. */
export function everyWords(months: number): string {
  if (months === 1) return 'every month'
  return months === 12 ? 'once a year' : `every ${months} months`
}
