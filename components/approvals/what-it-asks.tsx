import { TriangleAlert } from 'lucide-react'
import { goneWords, type Gone } from '@/lib/audit/gone'
import type { RequestDetail } from '@/lib/decisions/request'
import type { Shown } from '@/lib/decisions/shown'
import { PurposeForm } from '../audit/purpose-form'
import { Section } from '../shell/page'
import { HostileText } from '../ui/hostile-text'
import { Icon } from '../ui/icon'
import { RawArguments } from '../ui/json-view'
import { ExactBytes } from './exact-bytes'
import { ShownForm } from './shown-form'
import { ShownValue } from './shown-value'

type Asked = Pick<RequestDetail, 'tool' | 'shown' | 'parts' | 'erased' | 'broken'> &
  Partial<Pick<RequestDetail, 'exact' | 'digest' | 'argumentsRaw' | 'sensitive'>>

/**
 * What exactly is asked for, in the form in which it is decided on: a command, a change, a message, a sum, records; everything else
 * as names and values. The exact bytes are one click away.
 * @param files where its bytes are downloaded, and with `?at=` one text of them; null where they are not offered
 */
export function WhatItAsks({
  request,
  files,
  gone = null,
}: {
  request: Asked
  files: string | null
  /** why its words can no longer be read, and who made it so */
  gone?: Gone | null
}) {
  const { shown, exact } = request
  return (
    <Section id="asks" title={titleOf(shown)} aside={<span className="mono">{request.tool}</span>}>
      {request.broken ? (
        <p>
          <b>What is stored as its words is not what the entry commits to.</b> Somebody changed it, so it is not shown.
          Reject it.
        </p>
      ) : request.erased ? (
        <p className="t2">
          The arguments were erased. What is left is that it was asked, when, and by whom.{' '}
          {gone && <HostileText text={`${goneWords(gone)}.`} max={1_200} />}
        </p>
      ) : request.sensitive ? (
        <Sensitive of={request.sensitive} />
      ) : (
        <>
          {shown.left > 0 && (
            <p className="notall">
              <Icon of={TriangleAlert} />
              <span>
                <b>Not all of it is shown.</b> {shown.left === 1 ? 'One part is' : `${shown.left} parts are`} too large,
                and said to be so where {shown.left === 1 ? 'it stands' : 'they stand'}. The exact bytes below have all
                of it.
              </span>
            </p>
          )}
          {shown.forms.map((form) => (
            <ShownForm key={form.kind} of={form} parts={request.parts} files={files} />
          ))}
          {shown.rest && (
            <div className="args">
              <ShownValue of={shown.rest} files={files} />
            </div>
          )}
          {shown.forms.length === 0 && shown.rest === null && <p className="t2">It sends no arguments.</p>}
          {exact === undefined && request.argumentsRaw !== undefined && <RawArguments raw={request.argumentsRaw} />}
          {exact && request.digest !== undefined && <ExactBytes of={exact} digest={request.digest} files={files} />}
        </>
      )}
    </Section>
  )
}

/** What stands where sensitive words would: the way to say why one reads them. */
function Sensitive({ of: { action } }: { of: NonNullable<RequestDetail['sensitive']> }) {
  if (action !== null) return <PurposeForm action={action} />
  return (
    <p className="t2">
      <b>This is marked sensitive.</b> It is open to whoever may answer it while it waits, and then to readers of the
      record who say why.
    </p>
  )
}

const TITLES = {
  command: 'The command',
  mail: 'The message',
  changes: 'The change',
  money: 'What it would send',
  table: 'What it would send',
} as const

const titleOf = ({ forms }: Shown): string => (forms[0] ? TITLES[forms[0].kind] : 'What it would send')
