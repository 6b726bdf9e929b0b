import type { ReactNode } from 'react'
import { MAY, type May, type MayValues } from '@/lib/trials/may-contract'
import { ButtonLink } from '../ui/button'
import { Empty } from '../ui/empty'
import { Segment } from '../ui/tabs'
import { MAY_WORDS } from './may-words'

/** The answers to a question: which of them are shown, the table of those, and the way to the rest. `next`: what the next page begins after. */
export function MayAnswers({
  values,
  counts,
  next,
  at,
  children,
}: {
  values: MayValues
  counts: Record<May, number>
  next: string | null
  at: (over: Partial<MayValues>) => string
  /** the table; null where no answer is of the kind that was chosen */
  children: ReactNode
}) {
  return (
    <>
      <div className="may-rows">
        <MayChoice values={values} counts={counts} at={at} />
        {children ?? (
          <Empty
            kind="filtered"
            title="None is answered like that."
            clear={{ href: at({ answer: '', after: '' }), words: 'Show every answer' }}
          />
        )}
      </div>
      {(next !== null || values.after !== '') && (
        <p className="facts-gap">
          {values.after !== '' && (
            <ButtonLink size="sm" href={at({ after: '' })}>
              From the first
            </ButtonLink>
          )}{' '}
          {next !== null && (
            <ButtonLink size="sm" href={at({ after: next })}>
              Those after {next}
            </ButtonLink>
          )}
        </p>
      )}
    </>
  )
}

/** Which answers are shown, each with its number. `at` makes the address of the same question with something else in it. */
function MayChoice({
  values,
  counts,
  at,
}: {
  values: MayValues
  counts: Record<May, number>
  at: (over: Partial<MayValues>) => string
}) {
  const all = MAY.reduce((sum, may) => sum + counts[may], 0)
  return (
    <Segment
      label="Which answers"
      choices={[
        { label: 'All', count: all, href: at({ answer: '', after: '' }), current: values.answer === '' },
        ...MAY.map((may) => ({
          label: MAY_WORDS[may].word,
          count: counts[may],
          href: at({ answer: may, after: '' }),
          current: values.answer === may,
        })),
      ]}
    />
  )
}
