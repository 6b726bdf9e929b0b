import type { Choice } from '@/lib/agents/read'
import { RESOURCE_KINDS } from '@/lib/resources/resource'
import type { Said } from '../people/said'
import { Field, Select } from '../ui/field'
import { KIND_NAMES } from './kind-words'

type Known = { title: string; kind: string; ownerId: string; reporter: string; contentAt: string }

/** What is said of a protected resource: what it is called, who answers for it, and whose reports count. */
export function ResourceFields({
  said,
  known,
  owners,
  agents,
}: {
  said: Said
  known: Known | null
  owners: readonly Choice[]
  agents: readonly string[]
}) {
  return (
    <>
      <Field
        label="Title"
        name="title"
        required
        maxLength={200}
        hint="As people speak of it."
        defaultValue={said.value('title') ?? known?.title}
        error={said.error('title')}
      />
      <div className="formgrid">
        <Select
          label="Kind"
          name="kind"
          required
          choices={RESOURCE_KINDS.map((kind) => [kind, KIND_NAMES[kind]] as const)}
          defaultValue={said.value('kind') ?? known?.kind}
          error={said.error('kind')}
        />
        <Select
          label="Who answers for it"
          name="ownerId"
          required
          empty="Choose a person"
          choices={owners}
          defaultValue={said.value('ownerId') ?? known?.ownerId ?? ''}
          error={said.error('ownerId')}
        />
        <Select
          label="Whose reports count"
          aside="may follow"
          name="reporter"
          empty="Nobody’s yet"
          choices={agents.map((slug) => [slug, slug] as const)}
          hint="The agent that says which version is in force and when it fired."
          defaultValue={said.value('reporter') ?? known?.reporter ?? ''}
          error={said.error('reporter')}
        />
        <Field
          label="Argument with the new content"
          name="contentAt"
          maxLength={64}
          autoComplete="off"
          hint="Its digest is what an approval is compared by."
          defaultValue={said.value('contentAt') ?? known?.contentAt ?? 'content'}
          error={said.error('contentAt')}
        />
      </div>
    </>
  )
}
