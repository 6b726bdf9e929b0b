import { ENVIRONMENTS } from '@/lib/agents/agent'
import type { Choice } from '@/lib/agents/read'
import type { Said } from '../people/said'
import { Field, Option, Options, Select, TextArea } from '../ui/field'

const PLACES: Record<(typeof ENVIRONMENTS)[number], string> = {
  production: 'Production',
  staging: 'Staging',
  development: 'Development',
  test: 'Test',
}

type Known = { purpose?: string; teamId?: string; environment?: string }

/** What an agent is for and where it works: the same fields when it is registered and when it is edited. */
export function PurposeFields({ said, known, teams }: { said: Said; known: Known; teams: readonly Choice[] }) {
  const environment = said.value('environment') ?? known.environment
  return (
    <>
      <TextArea
        label="What it is for"
        name="purpose"
        rows={2}
        required
        maxLength={500}
        hint="One sentence a colleague understands: “Triages endpoint alerts, and asks to isolate hosts.”"
        defaultValue={said.value('purpose') ?? known.purpose}
        error={said.error('purpose')}
      />
      <Select
        label="Team"
        name="teamId"
        required
        empty="Choose a team"
        choices={teams}
        defaultValue={said.value('teamId') ?? known.teamId ?? ''}
        error={said.error('teamId')}
      />
      <Options legend="Where it works" name="environment" error={said.error('environment')}>
        {ENVIRONMENTS.map((each) => (
          <Option
            key={each}
            type="radio"
            name="environment"
            value={each}
            required
            defaultChecked={environment === each}
          >
            {PLACES[each]}
          </Option>
        ))}
      </Options>
    </>
  )
}

type Data = { provider?: string | null; region?: string | null; retention?: string | null; agreement?: string | null }

/** Where the data it reads goes (C30). `required` where it is about to be accepted. */
export function DataFields({ said, known, required }: { said: Said; known: Data; required?: boolean }) {
  const field = (name: string, label: string, hint: string, value: string | null | undefined) => (
    <Field
      label={label}
      name={name}
      hint={hint}
      required={required}
      maxLength={400}
      defaultValue={said.value(name) ?? value ?? undefined}
      error={said.error(name)}
    />
  )
  return (
    <div className="formgrid">
      {field('dataProvider', 'Provider', 'Who runs the model: “model host A”.', known.provider)}
      {field('dataRegion', 'Region', 'Where: “Frankfurt”.', known.region)}
      {field('dataRetention', 'Kept there for', '“0 days”, “30 days for abuse checks”.', known.retention)}
      {field('dataAgreement', 'Agreement', 'What it rests on: “DPA of 10 March 2026”.', known.agreement)}
    </div>
  )
}
