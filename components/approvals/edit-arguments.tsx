import { differing } from '@/lib/decisions/differing'
import type { RequestDetail } from '@/lib/decisions/request'
import type { Flash } from '@/lib/people/session-flash'
import { saidTo } from '../people/said'
import { Table, Td, Th } from '../table/table'
import { Note } from '../ui/banner'
import { Button } from '../ui/button'
import { TextArea } from '../ui/field'
import { FormErrors } from '../ui/form-errors'
import { HostileText } from '../ui/hostile-text'
import { Time } from '../ui/time'

/** What a person edited, beside what was asked, and the form to edit it: every verdict is on what stands then. */
export function EditArguments({ request, flash }: { request: RequestDetail; flash: Flash | undefined }) {
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
      {may && <EditForm key={request.digest} request={request} flash={flash} />}
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

function EditForm({ request, flash }: { request: RequestDetail; flash: Flash | undefined }) {
  const path = `/api/console/approvals/${request.id}/edits`
  const form = saidTo(flash, path)
  const text = form.value('arguments') ?? JSON.stringify(request.arguments, null, 2)
  return (
    <details className="ask" open={form.errors.length > 0}>
      <summary>{request.edited ? 'Edit it again, or back' : 'Edit the arguments before you approve'}</summary>
      <form method="post" action={path}>
        <FormErrors errors={form.errors} />
        <input type="hidden" name="digest" value={request.digest} />
        <TextArea
          label="Arguments"
          aside="JSON; recorded beside what was asked"
          name="arguments"
          rows={Math.min(16, text.split('\n').length + 1)}
          defaultValue={text}
          error={form.error('arguments')}
        />
        <Button type="submit">Use these arguments</Button>
        <p className="hint">Nothing is approved by this: your verdict comes after, on what stands then.</p>
      </form>
      {request.edited && (
        <form method="post" action={path}>
          <input type="hidden" name="digest" value={request.digest} />
          <input type="hidden" name="arguments" value={JSON.stringify(request.edited.asked)} />
          <Button type="submit" variant="bare">
            Back to what was asked
          </Button>
        </form>
      )}
    </details>
  )
}
