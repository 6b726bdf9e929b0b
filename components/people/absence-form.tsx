import { Button } from '@/components/ui/button'
import { Field, Select } from '@/components/ui/field'
import { FormErrors } from '@/components/ui/form-errors'
import type { saidTo } from './said'

/** Names who answers while one is away. A plain form. */
export function AbsenceForm({
  said,
  people,
}: {
  said: ReturnType<typeof saidTo>
  people: readonly { id: string; name: string }[]
}) {
  return (
    <form method="post" action="/api/console/delegations" className="narrow-form">
      <FormErrors errors={said.errors} />
      <Select
        label="Who"
        name="delegateId"
        required
        empty="Choose a person"
        choices={people.map(({ id, name }) => [id, name] as const)}
        defaultValue={said.value('delegateId') ?? ''}
        error={said.error('delegateId')}
      />
      <Field
        label="From"
        aside="UTC; left out, from now"
        name="startsAt"
        type="datetime-local"
        defaultValue={said.value('startsAt')}
        error={said.error('startsAt')}
      />
      <Field
        label="Until"
        aside="UTC; at most 90 days"
        name="endsAt"
        type="datetime-local"
        required
        defaultValue={said.value('endsAt')}
        error={said.error('endsAt')}
      />
      <Button type="submit" variant="pri">
        Let them answer for you
      </Button>
    </form>
  )
}
