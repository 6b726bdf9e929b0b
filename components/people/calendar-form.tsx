'use client'

import { useState } from 'react'
import type { ReadCalendar } from '@/lib/people/calendar'
import { isApiProblem, postJson } from '../shell/api'
import { Button } from '../ui/button'
import { HostileText } from '../ui/hostile-text'

type Shown = { shifts: { name: string; startsAt: string; endsAt: string; event: string }[] } & Pick<
  ReadCalendar,
  'problems'
>
const TAKE = '/api/console/on-call/calendar'
const MOST_SHOWN = 50

/** An iCalendar file, or its text: looked at first, and taken only as it was looked at. */
export function CalendarForm() {
  const [text, setText] = useState('')
  const [shown, setShown] = useState<Shown>()
  const [said, setSaid] = useState('')
  const change = (value: string) => {
    setText(value)
    setShown(undefined)
    setSaid('')
  }
  const ask = async <T,>(url: string): Promise<T | undefined> => {
    setSaid('')
    try {
      return await postJson<T>(url, { calendar: text })
    } catch (error) {
      setSaid(isApiProblem(error) ? error.message : 'It did not work.')
      return undefined
    }
  }
  const take = async () => {
    const taken = await ask<{ shifts: number }>(TAKE)
    if (taken === undefined) return
    change('')
    setSaid(`Taken: ${String(taken.shifts)} shifts. Load the page again to see them.`)
  }
  return (
    <div className="narrow-form">
      <noscript>This part needs JavaScript.</noscript>
      <label htmlFor="calendar-file">A file (.ics)</label>
      <input
        id="calendar-file"
        className="in"
        type="file"
        accept=".ics,text/calendar"
        onChange={(event) => {
          void event.target.files?.[0]?.text().then(change)
        }}
      />
      <label htmlFor="calendar-text">or its text</label>
      <textarea
        id="calendar-text"
        className="in mono"
        rows={5}
        value={text}
        onChange={(event) => {
          change(event.target.value)
        }}
      />
      <Button
        disabledReason={text === '' ? 'Choose a file, or paste its text.' : undefined}
        onClick={() => {
          void ask<Shown>(`${TAKE}/preview`).then(setShown)
        }}
      >
        See what it makes
      </Button>
      <p role="status">{said}</p>
      {shown !== undefined && <Seen {...shown} />}
      {shown !== undefined && shown.problems.length === 0 && (
        <Button
          variant="pri"
          onClick={() => {
            void take()
          }}
        >
          Take these shifts
        </Button>
      )}
    </div>
  )
}

function Seen({ shifts, problems }: Shown) {
  return (
    <>
      {problems.length > 0 && <p>It cannot be taken as it is:</p>}
      <ul>
        {problems.slice(0, MOST_SHOWN).map(({ event, detail }, i) => (
          <li key={`${event} ${String(i)}`}>
            <HostileText text={event} max={120} />: <HostileText text={detail} max={300} />
          </li>
        ))}
      </ul>
      <p>
        {shifts.length === 1 ? 'One shift' : `${String(shifts.length)} shifts`}
        {shifts.length > MOST_SHOWN && `; the first ${String(MOST_SHOWN)}:`}
      </p>
      <ul>
        {shifts.slice(0, MOST_SHOWN).map(({ name, startsAt, endsAt, event }) => (
          <li key={name + startsAt + event}>
            {name}, from {words(startsAt)} until {words(endsAt)} UTC (<HostileText text={event} max={120} />)
          </li>
        ))}
      </ul>
    </>
  )
}

const words = (at: string): string => at.slice(0, 16).replace('T', ' ')
