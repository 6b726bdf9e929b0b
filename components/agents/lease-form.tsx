import { LEASE } from '@/lib/runs/leases'
import type { saidTo } from '../people/said'
import { Button } from '../ui/button'
import { Field } from '../ui/field'
import { FormErrors } from '../ui/form-errors'

/** How long a run lives without a word from its program: the organisation's, or one agent's own (C31). */
export function LeaseForm({
  action,
  said,
  seconds,
  most,
}: {
  action: string
  said: ReturnType<typeof saidTo>
  seconds: number | null
  /** the organisation's, for an agent's own; else null */ most: number | null
}) {
  return (
    <form method="post" action={action} className="narrow-form" aria-label="Lease of runs">
      <FormErrors errors={said.errors} />
      <Field
        label="A run lives so many seconds without a word"
        name="seconds"
        type="number"
        min={LEASE.least}
        max={most === null ? LEASE.most : most - 1}
        required={most === null}
        defaultValue={said.value('seconds') ?? seconds ?? undefined}
        hint={
          most === null
            ? 'For programs that renew their lease. One that cannot reach this server stops by itself when it ends.'
            : `Shorter than the organisation’s ${String(most)}; empty for that.`
        }
        error={said.error('seconds')}
      />
      <Button type="submit">Save</Button>
    </form>
  )
}
