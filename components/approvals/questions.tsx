import type { RequestDetail } from '@/lib/decisions/request'
import type { Flash } from '@/lib/people/session-flash'
import { saidTo } from '../people/said'
import { Section } from '../shell/page'
import { Button } from '../ui/button'
import { TextArea } from '../ui/field'
import { FormErrors } from '../ui/form-errors'
import { Said } from '../ui/said'
import { Time } from '../ui/time'

/** What approvers asked the agent, what it answered, and the way to ask: it goes on waiting, and its deadline stands. */
export function Questions({ request, flash }: { request: RequestDetail; flash: Flash | undefined }) {
  const { questions } = request
  const stands = questions.find(({ answer }) => answer === null)
  const may = request.status === 'pending' && !request.frozen && !request.erased && !stands
  if (questions.length === 0 && !may) return null
  return (
    <Section
      id="questions"
      title="Questions to the agent"
      aside={questions.length === 0 ? undefined : questions.length}
    >
      {questions.map((one) => (
        <div key={one.id} className="asked">
          <p>
            <b>{one.by}</b> asked <Time at={one.at} show="relative" />: {one.text}
          </p>
          {one.answer === null || one.answeredAt === null ? (
            <p className="t2" role="status">
              {request.status === 'pending' ? `${request.agent} has not answered yet.` : 'It was never answered.'}
            </p>
          ) : (
            <Said own by={request.agent} text={one.answer} />
          )}
        </div>
      ))}
      {may && <AskForm request={request} flash={flash} />}
    </Section>
  )
}

function AskForm({ request, flash }: { request: RequestDetail; flash: Flash | undefined }) {
  const path = `/api/console/approvals/${request.id}/questions`
  const form = saidTo(flash, path)
  return (
    <details className="ask" open={form.errors.length > 0}>
      <summary>Ask {request.agent} something first</summary>
      <form method="post" action={path}>
        <FormErrors errors={form.errors} />
        <TextArea
          label="Question"
          aside="recorded, and sent to the agent"
          name="text"
          rows={3}
          maxLength={2_000}
          required
          defaultValue={form.value('text')}
          error={form.error('text')}
        />
        <Button type="submit">Ask the agent</Button>
      </form>
    </details>
  )
}
