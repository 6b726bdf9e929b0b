import type { HaltInForce } from '@/lib/halt/read-in-force'
import type { LiftStage } from '@/lib/halt/staged-lift'
import { Button } from '../ui/button'
import { Digest } from '../ui/digest'
import { Field, Option, Options, Select, TextArea } from '../ui/field'

/** Asking to lift a halt or a stage of it, or answering the colleague who asked: what, why, and its name typed. Works without JavaScript. */
export function LiftForm({
  halt,
  teams,
  refusal,
}: {
  halt: HaltInForce
  /** the teams a stage can let go; null: too many for a list */ teams: readonly string[] | null
  /** why the person who looks may not */ refusal: string | undefined
}) {
  const { lift: asked, progress } = halt
  const closed = refusal !== undefined
  const steps = progress.steps.filter((step) => step !== 'stop')
  return (
    <form method="post" action={`/api/console/halts/${halt.id}/lift`} className="liftf">
      {asked ? (
        <Options legend="Your answer" name="answer">
          <Option type="radio" name="answer" value="approve" required disabled={closed}>
            {asked.status === 'approved' ? 'Complete what both agreed to' : 'Agree to lift it'}
          </Option>
          <Option type="radio" name="answer" value="reject" required disabled={closed}>
            Keep it in force
          </Option>
        </Options>
      ) : (
        <Stages halt={halt} steps={steps} teams={teams} closed={closed} />
      )}
      <TextArea
        name="reason"
        label="Why"
        aside="required, recorded"
        rows={2}
        maxLength={2_000}
        required
        disabled={closed}
      />
      <Field
        name="typed"
        label={labelOf(progress.asked?.name ?? (steps.length === 1 && steps[0] === 'all' ? progress.name : null))}
        aside={asked ? 'to agree' : `so that nothing else is lifted`}
        autoComplete="off"
        spellCheck={false}
        required={!asked}
        maxLength={200}
        disabled={closed}
      />
      {asked && (
        <>
          <input type="hidden" name="digest" value={asked.digest} />
          <p className="digl">
            <span className="t3">You answer exactly</span>{' '}
            <Digest value={asked.digest} what="the digest of the request to lift" />
          </p>
        </>
      )}
      <Button type="submit" disabledReason={refusal}>
        {asked ? 'Record your answer' : 'Ask to lift this halt'}
      </Button>
    </form>
  )
}

const labelOf = (name: string | null) => (name === null ? 'Type the name of what you let go' : `Type “${name}”`)

function Stages({
  halt,
  steps,
  teams,
  closed,
}: {
  halt: HaltInForce
  steps: readonly LiftStage[]
  teams: readonly string[] | null
  closed: boolean
}) {
  const [only] = steps
  if (steps.length === 1 && only === 'all') return <input type="hidden" name="stage" value="all" />
  return (
    <>
      <Options legend="What to let go" name="stage">
        {steps.map((step, i) => (
          <Option key={step} type="radio" name="stage" value={step} required disabled={closed} defaultChecked={i === 0}>
            {WORDS[step](halt.progress.name)}
          </Option>
        ))}
      </Options>
      {steps.includes('agent') && <Which name="agent" of={agentsOf(halt)} closed={closed} />}
      {steps.includes('team') && <Which name="team" of={teams} closed={closed} />}
    </>
  )
}

const WORDS: Record<LiftStage, (name: string) => string> = {
  agent: () => 'One agent first; the rest stays halted',
  team: () => 'Then one team; the rest stays halted',
  all: (name) => `All of it at once: type ${name}`,
}

/** All agents under it, by name; null where there are more than are listed. */
const agentsOf = ({ agents, from, beyond: { confirmed, unconfirmed, waiting } }: HaltInForce): string[] | null =>
  from === 0 && confirmed + unconfirmed + waiting.length === 0 ? agents.map(({ slug }) => slug).toSorted() : null

function Which({ name, of, closed }: { name: 'agent' | 'team'; of: readonly string[] | null; closed: boolean }) {
  if (of === null)
    return (
      <Field
        name={name}
        label={`Which ${name}`}
        aside="by its name"
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        maxLength={200}
        disabled={closed}
      />
    )
  return (
    <Select
      name={name}
      label={`Which ${name}`}
      choices={of.map((one) => [one, one] as const)}
      empty={`choose ${name === 'agent' ? 'an agent' : 'a team'}`}
      disabled={closed}
    />
  )
}
