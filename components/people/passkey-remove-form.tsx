'use client'

import { Button, ButtonLink } from '@/components/ui/button'
import { FormErrors } from '@/components/ui/form-errors'
import { PasskeyAsking } from './passkey-asking'
import type { Said } from './said'
import { usePasskeyForm } from './use-passkey'

/** Removing a passkey, which any passkey of the same person has to answer for. */
export function PasskeyRemoveForm({
  id,
  name,
  last,
  errors,
  cancel,
}: {
  id: string
  name: string
  /** it is their only one */
  last: boolean
  errors: Said['errors']
  cancel: string
}) {
  const base = `/api/console/passkeys/${id}`
  const { asking, onSubmit } = usePasskeyForm(`${base}/challenge`, true)
  return (
    <section className="act" aria-labelledby="remove" id="act">
      <h2 id="remove">Remove “{name}”?</h2>
      <p>
        You confirm it with a passkey of yours. What was signed with it stays signed.
        {last && ' It is your only one: where signatures need a passkey, you sign nothing until you add another.'}
      </p>
      <form method="post" action={`${base}/removal`} onSubmit={onSubmit}>
        <FormErrors errors={errors} />
        <input type="hidden" name="assertion" defaultValue="" />
        <PasskeyAsking asking={asking} />
        <div className="acts">
          <Button type="submit" variant="neg" busy={asking.busy}>
            Remove it
          </Button>
          <ButtonLink variant="bare" href={cancel}>
            Cancel
          </ButtonLink>
        </div>
      </form>
    </section>
  )
}
