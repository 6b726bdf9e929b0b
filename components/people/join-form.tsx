import { Button } from '@/components/ui/button'
import { Field } from '@/components/ui/field'
import { FormErrors } from '@/components/ui/form-errors'
import type { Flash } from '@/lib/people/session-flash'
import { SHORTEST_PASSWORD } from '@/lib/people/password'
import { saidTo } from './said'

/** A name and a password: what an invited person says of themselves. */
export function JoinForm({
  token,
  name,
  email,
  flash,
}: {
  token: string
  name: string
  email: string
  flash: Flash | undefined
}) {
  const action = `/api/console/joins/${token}`
  const said = saidTo(flash, action)
  return (
    <form method="post" action={action}>
      <FormErrors errors={said.errors} />
      <Field
        label="Name"
        name="name"
        autoComplete="name"
        required
        maxLength={120}
        defaultValue={said.value('name') ?? name}
        error={said.error('name')}
      />
      {/* For password managers: the address is the invitation's, and is not sent. */}
      <input className="vh" type="email" autoComplete="username" value={email} readOnly tabIndex={-1} aria-hidden />
      <NewPasswordField error={said.error('password')} />
      <Button type="submit" variant="pri" size="lg" wide>
        Join
      </Button>
    </form>
  )
}

/** A new password by a one-time link. */
export function NewPasswordForm({ token, email, flash }: { token: string; email: string; flash: Flash | undefined }) {
  const action = `/api/console/new-passwords/${token}`
  const said = saidTo(flash, action)
  return (
    <form method="post" action={action}>
      <FormErrors errors={said.errors} />
      <input className="vh" type="email" autoComplete="username" value={email} readOnly tabIndex={-1} aria-hidden />
      <NewPasswordField error={said.error('password')} />
      <Button type="submit" variant="pri" size="lg" wide>
        Set my password
      </Button>
    </form>
  )
}

/** The field in which somebody chooses a password. */
export function NewPasswordField({ error, label = 'Password' }: { error: string | undefined; label?: string }) {
  return (
    <Field
      label={label}
      name="password"
      type="password"
      autoComplete="new-password"
      required
      hint={`${SHORTEST_PASSWORD} characters or more. Several words that have nothing to do with each other do best.`}
      error={error}
    />
  )
}
