'use client'

import { type SubmitEvent, useState } from 'react'
import type { EditInput } from '@/lib/approvals/contract'
import { differing } from '@/lib/decisions/differing'
import type { RequestDetail } from '@/lib/decisions/request'
import { Table, Td, Th } from '../table/table'
import { Note } from '../ui/banner'
import { Button } from '../ui/button'
import { TextArea } from '../ui/field'
import { HostileText } from '../ui/hostile-text'
import { Time } from '../ui/time'
import { useAct } from './use-act'

/** What a person edited, beside what was asked, and the form to edit it: every verdict is on what stands then. */
export function EditArguments({ request }: { request: RequestDetail }) {
  const { edited } = request
  const may =
    request.status === 'pending' &&
    !request.frozen &&
    !request.erased &&
    // what is too large to be shown is too large to be edited here
    typeof request.exact?.text === 'string' &&
    request.you.approve.ok &&
    request.verdicts.length === 0
  return (
    <>
      {edited && <Edited edited={edited} stands={request.arguments} />}
      {may && <EditForm key={request.digest} request={request} />}
    </>
  )
}

function Edited({ edited, stands }: { edited: NonNullable<RequestDetail['edited']>; stands: unknown }) {
  const { names, values } = differing([edited.asked, stands])
  return (
    <Note tone="hold">
      <p role="status">
        <b>{edited.by}</b> edited it <Time at={edited.at} show="relative" />. Verdicts are on the edited arguments, and
        its agent is given those.
      </p>
      <Table label="What was edited" density={28}>
        <thead>
          <tr>
            <Th>Argument</Th>
            <Th>Asked for</Th>
            <Th>Edited to</Th>
          </tr>
        </thead>
        <tbody>
          {names.map((name, at) => (
            <tr key={name}>
              <Td mono>
                <HostileText text={name === '' ? 'arguments' : name} max={80} />
              </Td>
              <Td wrap>
                <del>
                  <HostileText text={values[0]?.[at] ?? ''} max={400} />
                </del>
              </Td>
              <Td wrap>
                <ins>
                  <HostileText text={values[1]?.[at] ?? ''} max={400} />
                </ins>
              </Td>
            </tr>
          ))}
        </tbody>
      </Table>
    </Note>
  )
}

function EditForm({ request }: { request: RequestDetail }) {
  const [text, setText] = useState(() => JSON.stringify(request.arguments, null, 2))
  const [wrong, setWrong] = useState<string>()
  const path = `/api/console/approvals/${request.id}/edits`
  const act = useAct<EditInput>(path, () => undefined)
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault()
    const problem = problemOf(text)
    setWrong(problem)
    if (problem === undefined && !act.busy) act.send({ digest: request.digest, arguments: text })
  }
  return (
    <details className="ask">
      <summary>{request.edited ? 'Edit it again, or back' : 'Edit the arguments before you approve'}</summary>
      <form method="post" action={path} onSubmit={submit}>
        <input type="hidden" name="digest" value={request.digest} />
        <TextArea
          label="Arguments"
          aside="JSON; recorded beside what was asked"
          name="arguments"
          rows={Math.min(16, text.split('\n').length + 1)}
          value={text}
          error={wrong ?? act.refused?.detail}
          onChange={(event) => {
            setText(event.target.value)
          }}
        />
        <Button type="submit" busy={act.busy}>
          Use these arguments
        </Button>{' '}
        {request.edited && (
          <Button
            variant="bare"
            busy={act.busy}
            onClick={() => {
              act.send({ digest: request.digest, arguments: JSON.stringify(request.edited?.asked) })
            }}
          >
            Back to what was asked
          </Button>
        )}
        <p className="hint">Nothing is approved by this: your verdict comes after, on what stands then.</p>
      </form>
    </details>
  )
}

function problemOf(text: string): string | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? undefined
      : 'The arguments are a JSON object.'
  } catch (error) {
    return error instanceof Error ? error.message : 'It is not JSON.'
  }
}
