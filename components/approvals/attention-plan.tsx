import type { TestsView } from '@/lib/decisions/read-tests'
import { FLAWS, FLAW_NAMES } from '@/lib/decisions/test-request'
import type { Flash } from '@/lib/people/session-flash'
import { saidTo } from '../people/said'
import { Button } from '../ui/button'
import { Field, Option, Options, Select } from '../ui/field'
import { FormErrors } from '../ui/form-errors'

const NOW = '/api/console/attention/tests'
const PLAN = '/api/console/attention/plan'

type Choices = readonly (readonly [value: string, words: string])[]

/** One test request, planted now: of which agent, with what wrong, for whom. */
export function PlantForm({
  flash,
  agents,
  whom,
}: {
  flash: Flash | undefined
  agents: readonly string[]
  whom: Choices
}) {
  const form = saidTo(flash, NOW)
  return (
    <form method="post" action={NOW} className="narrow-form" aria-label="Plant a test request now">
      <FormErrors errors={form.errors} />
      <Select
        label="As if it came from"
        name="agent"
        required
        defaultValue={form.value('agent') ?? ''}
        empty="Choose an agent"
        choices={agents.map((slug) => [slug, slug] as const)}
        hint="Made from a request of this agent that one person approved."
        error={form.error('agent')}
      />
      <Select
        label="With one thing wrong"
        name="kind"
        defaultValue={form.value('kind') ?? ''}
        empty="any its past allows"
        choices={FLAW_NAMES.map((flaw) => [flaw, FLAWS[flaw].title] as const)}
        error={form.error('kind')}
      />
      <Select
        label="For"
        name="only"
        defaultValue={form.value('only') ?? ''}
        empty="whoever may answer"
        choices={whom}
        error={form.error('only')}
      />
      <Button type="submit">Plant it now</Button>
    </form>
  )
}

/** The plan: how many a month, of which kinds, for whom. */
export function PlanForm({ flash, plan, whom }: { flash: Flash | undefined; plan: TestsView['plan']; whom: Choices }) {
  const form = saidTo(flash, PLAN)
  const kinds = form.values('kinds') ?? plan?.flaws ?? FLAW_NAMES
  const chosen = form.values('whom') ?? [
    ...(plan?.teams ?? []).map((id) => `team:${id}`),
    ...(plan?.people ?? []).map((id) => `person:${id}`),
  ]
  return (
    <form method="post" action={PLAN} className="narrow-form" aria-label="Plan test requests">
      <FormErrors errors={form.errors} />
      <Field
        label="Test requests a month"
        name="perMonth"
        inputMode="numeric"
        required
        maxLength={2}
        defaultValue={form.value('perMonth') ?? String(plan?.perMonth ?? 0)}
        hint="At moments nobody can tell, in working hours. None ends the plan."
        error={form.error('perMonth')}
      />
      <Options legend="With one of these wrong" name="kinds" error={form.error('kinds')}>
        {FLAW_NAMES.map((flaw) => (
          <Option key={flaw} type="checkbox" name="kinds" value={flaw} defaultChecked={kinds.includes(flaw)}>
            {FLAWS[flaw].title}
          </Option>
        ))}
      </Options>
      <Options legend="For these alone (nobody chosen: whoever may answer)" name="whom" error={form.error('whom')}>
        {whom.map(([value, words]) => (
          <Option key={value} type="checkbox" name="whom" value={value} defaultChecked={chosen.includes(value)}>
            {words}
          </Option>
        ))}
      </Options>
      <Button type="submit">Save the plan</Button>
    </form>
  )
}
