import { paths } from '@/lib/core/paths'
import { ACTION_KINDS } from '@/lib/decisions/kinds'
import { type EditableCheck, KIND_NAMES } from '@/lib/decisions/scrutiny'
import { ActForm } from '../people/act-form'
import type { Said } from '../people/said'
import { Field, Option, Select, TextArea } from '../ui/field'

export const ADD = '/api/console/scrutiny'
export const editOf = (id: string): string => `${ADD}/${id}`

/** One thing to look for, new or as it stands; a ciso's to change. */
export function CheckForm({ check, said }: { check: EditableCheck | null; said: Said }) {
  const typed = said.value('title') !== undefined
  return (
    <ActForm
      id="check"
      title={check === null ? 'Look for something more' : `Change “${check.title}”`}
      action={check === null ? ADD : editOf(check.id)}
      said={said}
      submit={check === null ? 'Add it' : 'Save it'}
      cancel={paths.scrutiny()}
      consequence="Approvers and reviewers see it from now on. Who changed it, and from what, is recorded."
    >
      <Select
        name="kind"
        label="In"
        defaultValue={said.value('kind') ?? check?.kind ?? 'code'}
        choices={ACTION_KINDS.map((kind) => [kind, KIND_NAMES[kind]] as const)}
        error={said.error('kind')}
      />
      <Field
        name="title"
        label="In a few words"
        required
        maxLength={120}
        defaultValue={said.value('title') ?? check?.title}
        error={said.error('title')}
      />
      <TextArea
        name="lookFor"
        label="What to look for"
        required
        rows={4}
        maxLength={600}
        defaultValue={said.value('lookFor') ?? check?.lookFor}
        error={said.error('lookFor')}
      />
      <Field
        name="position"
        label="Place in the list"
        hint="The smallest first. Where an action has too many, each kind keeps its first."
        inputMode="numeric"
        required
        maxLength={4}
        defaultValue={said.value('position') ?? String(check?.position ?? 100)}
        error={said.error('position')}
      />
      <Option
        type="checkbox"
        name="active"
        defaultChecked={typed ? said.value('active') !== undefined : (check?.active ?? true)}
        hint="Without it nobody is asked to look for it; it stays here."
      >
        In use
      </Option>
    </ActForm>
  )
}
