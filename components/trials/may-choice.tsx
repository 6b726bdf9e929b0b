import { MAY, type May, type MayValues } from '@/lib/trials/may-contract'
import { Segment } from '../ui/tabs'
import { MAY_WORDS } from './may-words'

/** Which answers are shown, each with its number. `at` makes the address of the same question with something else in it. */
export function MayChoice({
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
