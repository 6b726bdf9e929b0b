import { PAYLOAD_CLASS_SAYS, PAYLOAD_CLASSES } from '@/lib/ledger/payload-class'
import type { Flash } from '@/lib/people/session-flash'
import { saidTo } from '../people/said'
import { Button } from '../ui/button'
import { Field, Select } from '../ui/field'
import { FormErrors } from '../ui/form-errors'

type Props = { flash: Flash | undefined }
const [ERASE, RETAIN, MARK] = ['/api/console/erasures', '/api/console/retention', '/api/console/marks']

const MARKS = [
  ['tool', 'Tools, with * for any letters'],
  ['resource_type', 'A type of resource'],
  ['agent', 'An agent'],
] as const

/** Erases what is kept about somebody: the first sending only says how much that is. */
export function ErasureForm({ flash }: Props) {
  const said = saidTo(flash, ERASE)
  return (
    <form method="post" action={ERASE} className="narrow-form">
      <p>
        Destroys the key of somebody agents acted for. Nobody can read those payloads any more; the entries stay and
        still verify. This cannot be taken back.
      </p>
      <FormErrors errors={said.errors} />
      <Field
        label="Kind of requester"
        name="type"
        required
        defaultValue={said.value('type') ?? 'user'}
        error={said.error('type')}
      />
      <Field
        label="As agents name them"
        name="id"
        required
        autoComplete="off"
        defaultValue={said.value('id')}
        error={said.error('id')}
      />
      <Field
        label="Reason"
        aside="kept; do not name them"
        name="reason"
        required
        defaultValue={said.value('reason')}
        error={said.error('reason')}
      />
      <Field label="Legal basis" name="basis" required defaultValue={said.value('basis')} error={said.error('basis')} />
      <Field
        label="How many payloads go"
        hint="Leave it empty the first time: you are told the number, and nothing is erased."
        name="confirm"
        inputMode="numeric"
        error={said.error('confirm')}
      />
      <Button type="submit" variant="neg">
        Erase
      </Button>
    </form>
  )
}

/** Says how long one class is kept. */
export function RetentionForm({ flash }: Props) {
  const said = saidTo(flash, RETAIN)
  return (
    <form method="post" action={RETAIN} className="narrow-form">
      <FormErrors errors={said.errors} />
      <Select
        label="Class"
        name="class"
        error={said.error('class')}
        choices={PAYLOAD_CLASSES.map((name) => [name, PAYLOAD_CLASS_SAYS[name].name] as const)}
      />
      <Field
        label="Days"
        hint="30 or more. Empty keeps them for good."
        name="days"
        inputMode="numeric"
        error={said.error('days')}
      />
      <Button type="submit">Save</Button>
    </form>
  )
}

/** Marks something as sensitive. */
export function MarkForm({ flash }: Props) {
  const said = saidTo(flash, MARK)
  return (
    <form method="post" action={MARK} className="narrow-form">
      <FormErrors errors={said.errors} />
      <Select label="What" name="kind" error={said.error('kind')} choices={MARKS} />
      <Field label="Its name" name="value" required defaultValue={said.value('value')} error={said.error('value')} />
      <Button type="submit">Mark as sensitive</Button>
    </form>
  )
}
