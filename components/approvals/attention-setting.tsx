import type { AttentionSetting } from '@/lib/decisions/attention'
import type { Flash } from '@/lib/people/session-flash'
import { saidTo } from '../people/said'
import { Button } from '../ui/button'
import { Field } from '../ui/field'
import { FormErrors } from '../ui/form-errors'

const ACTION = '/api/console/attention/setting'

/** From when on figures are a finding; a ciso's to change. */
export function AttentionSettingForm({ flash, setting }: { flash: Flash | undefined; setting: AttentionSetting }) {
  const form = saidTo(flash, ACTION)
  const field = (name: keyof AttentionSetting, label: string, hint: string) => (
    <Field
      label={label}
      name={name}
      inputMode="numeric"
      required
      maxLength={5}
      defaultValue={form.value(name) ?? String(setting[name])}
      hint={hint}
      error={form.error(name)}
    />
  )
  return (
    <form method="post" action={ACTION} className="narrow-form" aria-label="From when on it is a finding">
      <FormErrors errors={form.errors} />
      {field('days', 'The figures look back so many days', 'From 7 to 366.')}
      {field('leastVerdicts', 'Rubber stamping: of at least so many timed answers', 'Fewer say nothing about anybody.')}
      {field('mostFast', 'more than so many of a hundred came too fast to be read', 'From 1 to 99.')}
      {field('widenDays', 'A gate nobody refused in so many days is a candidate for widening', 'From 30 to 366.')}
      {field('widenRequests', 'when it was asked at least so often', 'At least 20.')}
      <Button type="submit">Save</Button>
    </form>
  )
}
