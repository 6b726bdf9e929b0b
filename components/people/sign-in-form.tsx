import { TriangleAlert } from 'lucide-react'
import { Button } from '@/components/ui/button'
import { Field } from '@/components/ui/field'
import { Icon } from '@/components/ui/icon'
import type { Flash } from '@/lib/people/session-flash'
import { saidTo } from './said'

const ACTION = '/api/console/sessions'

/** Email and password, as a plain form: it works without JavaScript. */
export function SignInForm({ next, flash }: { next: string | undefined; flash: Flash | undefined }) {
  const said = saidTo(flash, ACTION)
  const [first] = said.errors
  return (
    <form method="post" action={ACTION}>
      {next !== undefined && <input type="hidden" name="next" value={next} />}
      <Field
        label="Email"
        name="email"
        type="email"
        autoComplete="username"
        required
        maxLength={254}
        defaultValue={said.value('email')}
      />
      <Field label="Password" name="password" type="password" autoComplete="current-password" required />
      {first !== undefined && (
        <p className="err fld" role="alert">
          <Icon of={TriangleAlert} />
          <span>{first.detail}</span>
        </p>
      )}
      <Button type="submit" variant="pri" size="lg" wide>
        Sign in
      </Button>
    </form>
  )
}
