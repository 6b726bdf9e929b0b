'use client'

import { useMutation } from '@tanstack/react-query'
import Link from 'next/link'
import { useRouter } from 'next/navigation'
import { type SubmitEvent, useState } from 'react'
import { ANSWERS, type Answer } from '@/lib/approvals/approval'
import type { TogetherInput, TogetherOutput } from '@/lib/approvals/contract'
import { SEAT_REFUSALS } from '@/lib/approvals/seat'
import { paths } from '@/lib/core/paths'
import { differing } from '@/lib/decisions/differing'
import { type AlikeRequest, type AlikeView, NOT_TOGETHER } from '@/lib/decisions/request'
import { postJson } from '../shell/api'
import { NotLive, useLive, useTooStale } from '../shell/live'
import { RowLink, Table, Td, Th } from '../table/table'
import { Note } from '../ui/banner'
import { Button } from '../ui/button'
import { Option, Options, TextArea } from '../ui/field'
import { HostileText } from '../ui/hostile-text'
import { Time } from '../ui/time'

type Result = TogetherOutput['results'][number]

/**
 * Requests that are alike, each in a line with what differs. Where little is at stake several are answered in one act: none is chosen
 * beforehand, and each line says what became of it. A plain form first.
 */
export function AlikeForm({ view, loadedAt }: { view: AlikeView; loadedAt: number }) {
  const router = useRouter()
  const stale = useTooStale()
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set())
  const [answer, setAnswer] = useState<Answer>()
  const [reason, setReason] = useState('')
  const [missing, setMissing] = useState<{ item?: string; answer?: string; reason?: string }>({})
  useLive(['approvals', 'halts', 'people'], () => {
    router.refresh()
  })
  const mutation = useMutation({
    mutationFn: answerAll,
    onSuccess: () => {
      setChosen(new Set())
      router.refresh()
    },
  })
  const results = new Map(mutation.data?.results.map((one) => [one.id, one]))
  const { names, same, values } = differing(view.rows.map((row) => row.arguments))
  const together = view.together.ok
  const mine = view.rows.filter((row) => row.yours.ok && !row.frozen)
  const valueOf = (row: AlikeRequest) => `${row.id}~${row.digest}`
  const count = mine.filter((row) => chosen.has(row.id)).length

  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault()
    const wrong = {
      ...(count === 0 && { item: 'Choose the requests it is for.' }),
      ...(answer === undefined && { answer: 'Choose one of the two.' }),
      ...(reason.trim() === '' && { reason: 'Say why: it is recorded with each.' }),
    }
    setMissing(wrong)
    const [first] = Object.keys(wrong)
    if (first !== undefined) document.getElementById(`f-${first}`)?.querySelector('input')?.focus()
    else if (answer && !mutation.isPending && !stale)
      mutation.mutate({ alike: view.key, answer, reason, item: mine.filter(({ id }) => chosen.has(id)).map(valueOf) })
  }

  return (
    <form method="post" action="/api/console/approvals/together" onSubmit={submit} data-loaded={loadedAt}>
      <NotLive consequence="Verdicts are off until this list is current." />
      {same.length > 0 && (
        <p className="t2 any">
          The same in all:{' '}
          {same.map(([name, value], at) => (
            <span key={name}>
              {at > 0 && ', '}
              <span className="mono">
                <HostileText text={name} max={60} />
              </span>{' '}
              <HostileText text={value} max={120} />
            </span>
          ))}
          .
        </p>
      )}
      <input type="hidden" name="alike" value={view.key} />
      <fieldset className="fld" id="f-item" tabIndex={-1} aria-describedby={missing.item ? 'item-missing' : undefined}>
        <legend className="vh">Requests</legend>
        {together && mine.length > 1 && (
          <p>
            <Button
              size="sm"
              onClick={() => {
                setChosen(count === mine.length ? new Set() : new Set(mine.map(({ id }) => id)))
              }}
            >
              {count === mine.length ? 'Choose none' : `Choose all ${String(mine.length)} you may answer`}
            </Button>
          </p>
        )}
        {missing.item && (
          <p id="item-missing" className="err">
            {missing.item}
          </p>
        )}
        <Table label="Requests that are alike">
          <thead>
            <tr>
              {together && <Th>For</Th>}
              <Th>Asked</Th>
              {names.map((name) => (
                <Th key={name}>
                  <HostileText text={name === '' ? 'arguments' : name} max={60} />
                </Th>
              ))}
              <Th>On</Th>
              <Th>For whom</Th>
              <Th>Time left</Th>
              <Th>Outcome</Th>
            </tr>
          </thead>
          <tbody>
            {view.rows.map((row, at) => (
              <tr key={row.id}>
                {together && (
                  <Td>
                    <input
                      type="checkbox"
                      name="item"
                      value={valueOf(row)}
                      aria-label={`Answer request ${String(at + 1)}`}
                      disabled={!row.yours.ok || row.frozen !== null}
                      checked={chosen.has(row.id)}
                      onChange={() => {
                        setChosen(toggled(chosen, row.id))
                      }}
                    />
                  </Td>
                )}
                <RowLink href={paths.approval(row.id)}>
                  <Time at={row.openedAt} show="clock" />
                </RowLink>
                {values[at]?.map((value, column) => (
                  <Td key={names[column]} wrap>
                    <HostileText text={value} max={120} />
                  </Td>
                ))}
                <Td mono>{row.resource ? <HostileText text={row.resource.id} max={60} /> : '—'}</Td>
                <Td>{row.requester === null ? '—' : <HostileText text={row.requester} max={60} />}</Td>
                <Td>{row.frozen ? 'frozen' : <Time at={row.expiresAt} show="left" />}</Td>
                <Td wrap>{outcomeWords(row, results.get(row.id))}</Td>
              </tr>
            ))}
          </tbody>
        </Table>
      </fieldset>
      <Gone results={mutation.data?.results ?? []} rows={view.rows} />
      {together ? (
        <div className="together">
          <Options legend="One verdict for those chosen" name="answer" error={missing.answer}>
            {ANSWERS.map((one) => (
              <Option
                key={one}
                type="radio"
                name="answer"
                value={one}
                required
                checked={answer === one}
                onChange={() => {
                  setAnswer(one)
                }}
              >
                {one === 'approve' ? 'Approve them' : 'Reject them'}
              </Option>
            ))}
          </Options>
          <TextArea
            label="Reason"
            aside="recorded with each"
            name="reason"
            rows={3}
            maxLength={2_000}
            required
            value={reason}
            error={missing.reason}
            onChange={(event) => {
              setReason(event.target.value)
            }}
          />
          {mutation.error && <p role="alert">{mutation.error.message}</p>}
          <Button
            type="submit"
            variant="pri"
            size="lg"
            busy={mutation.isPending}
            disabledReason={stale ? 'This page is not live, so what it shows may be out of date.' : undefined}
          >
            {answer === undefined
              ? 'Record the verdicts'
              : `${answer === 'approve' ? 'Approve' : 'Reject'} ${String(count)} ${count === 1 ? 'request' : 'requests'}`}
          </Button>
        </div>
      ) : (
        <Note tone="hold">{view.together.ok ? '' : NOT_TOGETHER[view.together.reason]}</Note>
      )}
    </form>
  )
}

const AT_ONCE = 50

/** Sends what was chosen a few at a time, and says of each what became of it: where sending stops, what was recorded before stays recorded. */
async function answerAll(input: Omit<TogetherInput, 'item'> & { item: string[] }): Promise<TogetherOutput> {
  const results: Result[] = []
  for (let at = 0; at < input.item.length; at += AT_ONCE) {
    const item = input.item.slice(at, at + AT_ONCE)
    try {
      results.push(...(await postJson<TogetherOutput>('/api/console/approvals/together', { ...input, item })).results)
    } catch (error) {
      if (at === 0) throw error
      const detail = `It was not sent, or nobody knows: ${error instanceof Error ? error.message : 'it was broken off.'}`
      const rest = input.item.slice(at).map((one) => one.split('~')[0] ?? one)
      return { results: [...results, ...rest.map((id) => ({ id, ok: false as const, code: 'unavailable', detail }))] }
    }
  }
  return { results }
}

/** What became of those that no longer wait, so that nothing that was sent goes without its answer. */
function Gone({ results, rows }: { results: readonly Result[]; rows: readonly AlikeRequest[] }) {
  const here = new Set(rows.map(({ id }) => id))
  const done = results.filter(({ id }) => !here.has(id))
  const refused = results.filter((one) => !one.ok)
  if (results.length === 0) return null
  return (
    <div role="status">
      <p>
        {results.length - refused.length} of {results.length} recorded.
      </p>
      {done.length > 0 && (
        <details>
          <summary>Each of them</summary>
          <ul>
            {done.map((one) => (
              <li key={one.id}>
                <Link className="mono" href={paths.approval(one.id)}>
                  {one.id.slice(0, 16)}
                </Link>
                : {resultWords(one)}
              </li>
            ))}
          </ul>
        </details>
      )}
    </div>
  )
}

function outcomeWords(row: AlikeRequest, result: Result | undefined): string {
  if (result) return resultWords(result)
  return row.yours.ok ? 'waits' : SEAT_REFUSALS[row.yours.reason]
}

const resultWords = (one: Result): string => (one.ok ? (one.told?.says ?? one.status) : one.detail)

function toggled(set: ReadonlySet<string>, id: string): ReadonlySet<string> {
  const next = new Set(set)
  if (!next.delete(id)) next.add(id)
  return next
}
