import { Download } from 'lucide-react'
import type { ReactNode } from 'react'
import type { Format } from '@/lib/evidence/export'
import { OUTCOMES } from '@/lib/ledger/entry'
import { Button } from '../ui/button'
import { Field, Option, Options, Select } from '../ui/field'

/** What each format is for, and what will be in it. */
const FORMS: readonly [value: Format, name: string, says: ReactNode][] = [
  [
    'bundle',
    'Evidence bundle',
    'A zip with the entries, their proofs, what was said, the boundaries as they were signed, who held which role, and a report to print. It is checked on any machine, without this server.',
  ],
  ['ndjson', 'NDJSON', 'One line of JSON an entry, its bytes as they were hashed, with its place and hash.'],
  ['csv', 'CSV', 'A table for spreadsheets. Nothing in it can run as a formula.'],
  ['ocsf', 'OCSF 1.8', 'One event a line for a SIEM: API Activity, Entity Management, Detection Finding.'],
]

export const EXPORT_ACTION = '/api/console/audit/exports'

/** The form behind `/audit/export`: what to take, from when to when, and as what. It needs no script; the answer is the file. */
export function ExportForm({
  agents,
  value,
  error,
}: {
  agents: readonly string[]
  value: (name: string) => string | undefined
  error: (name: string) => string | undefined
}) {
  return (
    <form method="post" action={EXPORT_ACTION} className="narrow-form">
      <Options legend="As what" name="format" error={error('format')}>
        {FORMS.map(([format, name, says]) => (
          <Option
            key={format}
            type="radio"
            name="format"
            value={format}
            defaultChecked={(value('format') ?? 'bundle') === format}
            hint={says}
          >
            {name}
          </Option>
        ))}
      </Options>
      {value('q') && (
        <Field
          label="Entries where"
          aside="as in the audit’s bar"
          name="q"
          defaultValue={value('q')}
          error={error('q')}
          maxLength={2_000}
        />
      )}
      <Select
        label="Agent"
        name="agent"
        empty="Every agent, and people"
        choices={agents.map((slug) => [slug, slug] as const)}
        defaultValue={value('agent') ?? ''}
        error={error('agent')}
      />
      <Select
        label="Outcome"
        name="outcome"
        empty="Any"
        choices={OUTCOMES.map((outcome) => [outcome, outcome] as const)}
        defaultValue={value('outcome') ?? ''}
        error={error('outcome')}
        hint="A bundle filtered by outcome proves each entry in it. Without this filter it proves that nothing is left out."
      />
      {value('action') && (
        <Field
          label="Action"
          name="action"
          defaultValue={value('action')}
          error={error('action')}
          hint="One action’s story."
        />
      )}
      <Field
        label="From"
        aside="the day, UTC"
        type="date"
        name="from"
        defaultValue={value('from')}
        error={error('from')}
        hint="Left empty: from the first entry."
      />
      <Field
        label="To"
        aside="the last day, UTC"
        type="date"
        name="to"
        defaultValue={value('to')}
        error={error('to')}
        hint="Left empty: up to now."
      />
      <Options legend="In a bundle about one agent, entries about others" name="others" error={error('others')}>
        <Option
          type="radio"
          name="others"
          value="entries"
          defaultChecked={(value('others') ?? 'entries') === 'entries'}
          hint="What they say in the open is in the bundle; what was said with them is not. It proves that nothing about the agent is left out."
        >
          in full
        </Option>
        <Option
          type="radio"
          name="others"
          value="hashes"
          defaultChecked={value('others') === 'hashes'}
          hint="For somebody outside. It proves that no place is missing, and not that none of the others is about the agent."
        >
          as hashes alone
        </Option>
      </Options>
      <Field
        label="A random sample"
        aside="decisions, in a bundle"
        name="sample"
        inputMode="numeric"
        pattern="[0-9]{0,4}"
        defaultValue={value('sample') ?? '0'}
        error={error('sample')}
        hint="Drawn by a seed that does not exist before this export is recorded, and drawn again by whoever checks the bundle."
      />
      <p className="t2">
        That you take this away is itself an entry: by whom, what, when, and how much left. What was said by agents is
        in a bundle wherever it is not erased.
      </p>
      <Button type="submit" variant="pri" icon={Download}>
        Take it away
      </Button>
    </form>
  )
}
