import { WINDOWS_MS, DEFAULT_WINDOW_MS } from '@/lib/halt/drill'
import type { Flash } from '@/lib/people/session-flash'
import { saidTo } from '../people/said'
import { Button } from '../ui/button'
import { Option, Options, Select, TextArea } from '../ui/field'
import { FormErrors } from '../ui/form-errors'

const ACTION = '/api/console/drills'

/** What there is to drill, as the contract reads it, with its words. */
export type DrillChoices = readonly (readonly [value: string, words: string])[]

/** Begins a rehearsal, or plans a live drill. Nothing is chosen beforehand but how long it waits. */
export function DrillForm({
  flash,
  choices,
  may,
}: {
  flash: Flash | undefined
  choices: DrillChoices
  may: { ok: true } | { ok: false; reason: string }
}) {
  const form = saidTo(flash, ACTION)
  return (
    <form method="post" action={ACTION} className="narrow-form" aria-label="Drill">
      <FormErrors errors={form.errors} />
      <Options legend="What kind" name="kind" error={form.error('kind')}>
        <Option
          type="radio"
          name="kind"
          value="rehearsal"
          required
          defaultChecked={form.value('kind') === 'rehearsal'}
          hint="Agents are told that it is a drill and confirm. Nothing stops. One person is enough."
        >
          Rehearsal
        </Option>
        <Option
          type="radio"
          name="kind"
          value="live"
          required
          defaultChecked={form.value('kind') === 'live'}
          hint="A real halt, lifted by itself once it has been measured. It begins when a second person signs it."
        >
          Live drill
        </Option>
      </Options>
      <Select
        label="Of what"
        name="of"
        required
        defaultValue={form.value('of') ?? ''}
        empty="Choose what is drilled"
        choices={choices}
        error={form.error('of')}
      />
      <Select
        label="Wait for agents at most"
        name="seconds"
        defaultValue={form.value('seconds') ?? String(DEFAULT_WINDOW_MS / 1_000)}
        choices={WINDOWS_MS.map(
          (ms) => [String(ms / 1_000), ms < 60_000 ? `${ms / 1_000} seconds` : minutes(ms)] as const,
        )}
        hint="It ends sooner when all of them have confirmed."
        error={form.error('seconds')}
      />
      <TextArea
        label="Why"
        name="note"
        aside="required for a live drill, recorded"
        rows={2}
        maxLength={2_000}
        defaultValue={form.value('note') ?? ''}
        error={form.error('note')}
      />
      <Button type="submit" disabledReason={may.ok ? undefined : may.reason}>
        Drill
      </Button>
    </form>
  )
}

const minutes = (ms: number): string => (ms === 60_000 ? '1 minute' : `${ms / 60_000} minutes`)
