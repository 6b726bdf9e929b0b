import { Button } from '@/components/ui/button'
import { Field, Select } from '@/components/ui/field'
import { FormErrors } from '@/components/ui/form-errors'
import { MOST_TURNS } from '@/lib/people/contract'
import type { Rota } from '@/lib/people/rota'
import type { saidTo } from './said'

type People = readonly { id: string; name: string }[]

/** Who is on call by turns, in their order. A plain form: a turn that is left empty is none. */
export function RotaForm({
  said,
  people,
  rota,
  timeZone,
}: {
  said: ReturnType<typeof saidTo>
  people: People
  rota: Rota | null
  timeZone: string
}) {
  return (
    <form method="post" action="/api/console/on-call/rota" className="narrow-form">
      <FormErrors errors={said.errors} />
      {Array.from({ length: MOST_TURNS }, (_, turn) => (
        <Select
          key={turn}
          label={`Turn ${String(turn + 1)}`}
          name={`turn${String(turn + 1)}`}
          empty="Nobody"
          choices={people.map(({ id, name }) => [id, name] as const)}
          defaultValue={said.value(`turn${String(turn + 1)}`) ?? rota?.people[turn] ?? ''}
          error={said.error(`turn${String(turn + 1)}`)}
        />
      ))}
      <Field
        label="The first begins on"
        name="startsOn"
        type="date"
        required
        defaultValue={said.value('startsOn') ?? rota?.startsOn}
        error={said.error('startsOn')}
      />
      <Field
        label="They hand over at"
        aside={timeZone}
        name="handover"
        type="time"
        required
        defaultValue={said.value('handover') ?? rota?.handover ?? '09:00'}
        error={said.error('handover')}
      />
      <Select
        label="Each turn is"
        name="length"
        choices={[
          ['week', 'a week'],
          ['day', 'a day'],
        ]}
        defaultValue={said.value('length') ?? rota?.length ?? 'week'}
        error={said.error('length')}
      />
      <Button type="submit" variant="pri">
        Set the rota
      </Button>
    </form>
  )
}

/** A day of the rota for somebody else, or back to whose turn it is. */
export function OverrideForm({ said, people }: { said: ReturnType<typeof saidTo>; people: People }) {
  return (
    <form method="post" action="/api/console/on-call/overrides" className="narrow-form">
      <FormErrors errors={said.errors} />
      <Field
        label="Day"
        aside="from its handover to the next"
        name="day"
        type="date"
        required
        defaultValue={said.value('day')}
        error={said.error('day')}
      />
      <Select
        label="Who takes it"
        name="takenBy"
        empty="Whose turn it is"
        choices={people.map(({ id, name }) => [id, name] as const)}
        defaultValue={said.value('takenBy') ?? ''}
        error={said.error('takenBy')}
      />
      <Button type="submit">Give the day</Button>
    </form>
  )
}
