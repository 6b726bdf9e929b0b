import { Button } from '@/components/ui/button'
import { Field, Select } from '@/components/ui/field'
import { FormErrors } from '@/components/ui/form-errors'
import type { Flash } from '@/lib/people/session-flash'
import { NewPasswordField } from './join-form'
import { saidTo } from './said'
import { timeZoneChoices } from './time-zones'

/** The organisation and its first administrator. */
export function FirstRunForm({ token, flash }: { token: string; flash: Flash | undefined }) {
  const action = `/api/console/first-run/${token}`
  const said = saidTo(flash, action)
  return (
    <form method="post" action={action} aria-label="First administrator">
      <FormErrors errors={said.errors} />
      <h2>You</h2>
      <Field
        label="Name"
        name="name"
        autoComplete="name"
        required
        maxLength={120}
        defaultValue={said.value('name')}
        error={said.error('name')}
      />
      <Field
        label="Work email"
        name="email"
        type="email"
        autoComplete="username"
        required
        maxLength={254}
        defaultValue={said.value('email')}
        error={said.error('email')}
      />
      <NewPasswordField error={said.error('password')} />
      <h2>The organisation</h2>
      <Field
        label="Its name"
        name="organisation"
        autoComplete="organization"
        required
        maxLength={120}
        defaultValue={said.value('organisation')}
        error={said.error('organisation')}
      />
      <Select
        label="Its time zone"
        name="timeZone"
        defaultValue={said.value('timeZone') ?? 'UTC'}
        hint="Daily limits begin at its midnight."
        choices={timeZoneChoices()}
        error={said.error('timeZone')}
      />
      <Button type="submit" variant="pri" size="lg">
        Create my account
      </Button>
    </form>
  )
}
