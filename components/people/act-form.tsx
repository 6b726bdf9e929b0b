import type { ReactNode } from 'react'
import { Button, ButtonLink, type ButtonVariant } from '@/components/ui/button'
import { FormErrors } from '@/components/ui/form-errors'
import type { Said } from './said'

/**
 * One act that asks to be weighed, on an address of its own so that it needs no script: what follows from it, its fields, the
 * button that names it, and the way back.
 */
export function ActForm({
  id,
  title,
  action,
  said,
  submit,
  variant = 'pri',
  cancel,
  consequence,
  children,
}: {
  id: string
  /** a question with its object: "Deactivate Dana Whitlock?" */
  title: string
  action: string
  said: Said
  submit: string
  variant?: ButtonVariant
  /** where to, when it is not done after all */
  cancel: string
  consequence?: ReactNode
  children?: ReactNode
}) {
  return (
    <section className="act" aria-labelledby={id} id="act">
      <h2 id={id}>{title}</h2>
      {consequence && <p>{consequence}</p>}
      <form method="post" action={action}>
        <FormErrors errors={said.errors} />
        {children}
        <div className="acts">
          <Button type="submit" variant={variant}>
            {submit}
          </Button>
          <ButtonLink variant="bare" href={cancel}>
            Cancel
          </ButtonLink>
        </div>
      </form>
    </section>
  )
}

/** A button that posts to an address and needs nothing said. */
export function PostButton({
  action,
  children,
  variant,
}: {
  action: string
  children: ReactNode
  variant?: ButtonVariant
}) {
  return (
    <form method="post" action={action}>
      <Button type="submit" size="sm" variant={variant}>
        {children}
      </Button>
    </form>
  )
}
