import type { Choice } from '@/lib/agents/read'
import { paths } from '@/lib/core/paths'
import { ActForm } from '../people/act-form'
import type { Said } from '../people/said'
import { Field } from '../ui/field'
import { ResourceFields } from './resource-fields'

/** Marks a resource as protected. */
export function ProtectForm({
  said,
  owners,
  agents,
}: {
  said: Said
  owners: readonly Choice[]
  agents: readonly string[]
}) {
  return (
    <ActForm
      id="protect"
      title="Protect a resource"
      action="/api/console/resources"
      said={said}
      submit="Protect it"
      cancel={paths.resources()}
      consequence="From then on every change of it that an agent proposes waits for a person, whatever the agent’s boundary allows."
    >
      <div className="formgrid">
        <Field
          label="Type"
          name="type"
          required
          maxLength={128}
          autoComplete="off"
          placeholder="detection_rule"
          defaultValue={said.value('type')}
          error={said.error('type')}
        />
        <Field
          label="Name"
          name="name"
          required
          maxLength={512}
          autoComplete="off"
          hint="As agents name it, in resource.id or in an argument."
          defaultValue={said.value('name')}
          error={said.error('name')}
        />
      </div>
      <ResourceFields said={said} known={null} owners={owners} agents={agents} />
      <Field
        label="Digest in force now"
        aside="may be left out"
        name="digest"
        maxLength={71}
        autoComplete="off"
        placeholder="sha256:…"
        hint="With it, a later report can be compared before any change was approved."
        defaultValue={said.value('digest')}
        error={said.error('digest')}
      />
    </ActForm>
  )
}
