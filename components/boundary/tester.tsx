'use client'

import { type SubmitEvent, useState } from 'react'
import type { TestAnswer } from '@/lib/trials/test-call'
import { isApiProblem, postJson, type ApiProblem } from '../shell/api'
import { Section } from '../shell/page'
import { Button } from '../ui/button'
import { Field, Option, Select, TextArea } from '../ui/field'
import type { KnownTool, RecentCall } from './known-tool'
import { TesterAnswer } from './tester-answer'

/** “What would happen to this call?”: one call under the text as it stands, beside the version in force. Nothing of it is kept. */
export function Tester({
  slug,
  source,
  tools,
  recent,
  onJump,
}: {
  slug: string
  source: string
  tools: readonly KnownTool[]
  recent: readonly RecentCall[]
  onJump: (rule: string) => void
}) {
  const [tool, setTool] = useState('')
  const [args, setArgs] = useState<string | null>(null)
  const [resource, setResource] = useState('')
  const [tainted, setTainted] = useState(false)
  const [at, setAt] = useState('')
  const [busy, setBusy] = useState(false)
  const [answer, setAnswer] = useState<{ is: TestAnswer; of: string } | null>(null)
  const [problem, setProblem] = useState<ApiProblem | null>(null)
  const sample = tools.find(({ name }) => name === tool)?.sample ?? '{}'
  const problemOf = (field: string) =>
    problem?.errors.find((error) => error.field.split('.')[0] === field)?.detail ??
    (problem?.field === field && problem.errors.length === 0 ? problem.message : undefined)
  const named = ['tool', 'arguments', 'resource', 'at'].some((field) => problemOf(field) !== undefined)

  const ask = async () => {
    setBusy(true)
    setProblem(null)
    const slash = resource.indexOf('/')
    const named =
      resource.trim() === '' ? null : { type: resource.slice(0, Math.max(slash, 0)), id: resource.slice(slash + 1) }
    const moment = at === '' ? null : new Date(`${at}Z`).toISOString()
    try {
      const body = { source, tool, arguments: args ?? sample, resource: named, tainted, at: moment }
      setAnswer({ is: await postJson<TestAnswer>(`/api/console/boundaries/${slug}/test`, body), of: source })
    } catch (error) {
      if (!isApiProblem(error)) throw error
      setProblem(error)
      setAnswer(null)
    }
    setBusy(false)
  }
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault()
    if (!busy) void ask()
  }
  return (
    <Section
      id="tester"
      title="What would happen to this call?"
      aside="tried on the text as it stands; nothing is saved or recorded"
    >
      <div className="tester">
        <form onSubmit={submit} aria-label="Try a call">
          {recent.length > 0 && (
            <Select
              label="From what it did lately"
              name="lately"
              empty="Choose a call, or name one below"
              choices={recent.map((call, index) => [
                String(index),
                call.resource === null ? call.tool : `${call.tool} · ${call.resource}`,
              ])}
              defaultValue=""
              onChange={(event) => {
                const call = recent[Number(event.target.value)]
                if (event.target.value === '' || call === undefined) return
                setTool(call.tool)
                setArgs(null)
              }}
            />
          )}
          <Field
            label="Tool"
            name="try-tool"
            list="known-tools"
            autoComplete="off"
            spellCheck={false}
            required
            value={tool}
            error={problemOf('tool')}
            onChange={(event) => {
              setTool(event.target.value.trim())
            }}
          />
          <TextArea
            label="Arguments"
            aside={args === null && sample !== '{}' ? 'JSON, begun from the tool’s schema' : 'JSON'}
            name="try-arguments"
            mono
            rows={Math.min(12, Math.max(3, (args ?? sample).split('\n').length))}
            value={args ?? sample}
            error={problemOf('arguments')}
            onChange={(event) => {
              setArgs(event.target.value)
            }}
          />
          <Field
            label="Resource"
            aside="type/id; may be left out"
            name="try-resource"
            placeholder="order/A-17"
            autoComplete="off"
            value={resource}
            error={problemOf('resource')}
            onChange={(event) => {
              setResource(event.target.value)
            }}
          />
          <Field
            label="When"
            aside="UTC; left out: now"
            name="try-at"
            type="datetime-local"
            value={at}
            error={problemOf('at')}
            onChange={(event) => {
              setAt(event.target.value)
            }}
          />
          <Option
            type="checkbox"
            name="try-tainted"
            checked={tainted}
            onChange={(event) => {
              setTainted(event.target.checked)
            }}
          >
            Its run has read untrusted content
          </Option>
          <div className="formend">
            <Button type="submit" busy={busy}>
              Try this call
            </Button>
          </div>
        </form>
        <div aria-live="polite">
          {problem !== null && !named && (
            <p className="err">
              {problem.code === 'invalid_boundary'
                ? 'The text has to be right before a call can be tried on it. What is not is listed under it.'
                : problem.message}
            </p>
          )}
          {answer === null ? (
            problem === null && (
              <p className="t3">
                Name a tool and try it. The answer comes from the same evaluation that decides, as if the agent were
                active and reviewed, nothing were halted, and none of its limits were used.
              </p>
            )
          ) : (
            <TesterAnswer answer={answer.is} stale={answer.of !== source} onJump={onJump} />
          )}
        </div>
      </div>
    </Section>
  )
}
