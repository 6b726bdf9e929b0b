import { Time } from '../ui/time'

/** Whether the kill switch is known to work: the last drill in a sentence, and when the next is due. */
export function DrillWords({
  drill,
  overdue,
}: {
  drill: { last: { at: string; words: string } | null; dueAt: string | null }
  overdue: string | null
}) {
  return (
    <>
      {drill.last === null ? (
        'Never drilled.'
      ) : (
        <>
          Drilled <Time at={drill.last.at} show="day" />: {drill.last.words}.
        </>
      )}{' '}
      {overdue !== null ? (
        <b>
          Overdue since <Time at={overdue} show="day" />.
        </b>
      ) : (
        drill.dueAt !== null && (
          <>
            Next due <Time at={drill.dueAt} show="day" />.
          </>
        )
      )}
    </>
  )
}
