'use client'

import { type SubmitEvent, useState } from 'react'
import type { QuestionInput } from '@/lib/approvals/contract'
import type { RequestDetail } from '@/lib/decisions/request'
import { Section } from '../shell/page'
import { Button } from '../ui/button'
import { TextArea } from '../ui/field'
import { Said } from '../ui/said'
import { Time } from '../ui/time'
import { useAct } from './use-act'

/** What approvers asked the agent, what it answered, and the way to ask: it goes on waiting, and its deadline stands. */
export function Questions({ request }: { request: RequestDetail }) {
  const { questions } = request
  const stands = questions.find(({ answer }) => answer === null)
  const may = request.status === 'pending' && !request.frozen && !stands
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
      {may && <AskForm request={request} />}
    </Section>
  )
}

function AskForm({ request }: { request: RequestDetail }) {
  const [text, setText] = useState('')
  const [missing, setMissing] = useState<string>()
  const path = `/api/console/approvals/${request.id}/questions`
  const act = useAct<QuestionInput>(path, () => {
    setText('')
  })
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault()
    setMissing(text.trim() === '' ? 'Write what the agent should answer.' : undefined)
    if (text.trim() !== '' && !act.busy) act.send({ text })
  }
  return (
    <details className="ask">
      <summary>Ask {request.agent} something first</summary>
      <form method="post" action={path} onSubmit={submit}>
        <TextArea
          label="Question"
          aside="recorded, and sent to the agent"
          name="text"
          rows={3}
          maxLength={2_000}
          required
          value={text}
          error={missing ?? act.refused?.detail}
          onChange={(event) => {
            setText(event.target.value)
          }}
        />
        <Button type="submit" busy={act.busy}>
          Ask the agent
        </Button>
      </form>
    </details>
  )
}
