import type { Change } from '@/lib/boundary/change'
import { StateWord } from '../ui/state-word'
import { SentenceText } from './sentence'

/** The direction of a change: icon, word and colour. */
export function DirectionWord({ direction }: { direction: Change['direction'] }) {
  switch (direction) {
    case 'wider':
      return <StateWord state="wider" />
    case 'narrower':
      return <StateWord state="narrower" />
    case 'other':
      return <StateWord state="superseded" word="Changed" />
  }
}

/** What changes, in words: wider first. The drafter's own reason and the condition stand beneath, set apart. */
export function ChangeList({ changes, drafter }: { changes: readonly Change[]; drafter: string }) {
  return (
    <ul className="chgs">
      {changes.map((change) => (
        <li className="chg" key={keyOf(change)}>
          <DirectionWord direction={change.direction} />
          <div>
            <p className="s14">
              <SentenceText of={change.sentence} />
            </p>
            {change.said !== null && (
              <p className="t3 s12">
                {drafter}: “{change.said}”
              </p>
            )}
            {change.when !== null && (
              <p className="t3 s12">
                Condition: <span className="mono any">{change.when}</span>
              </p>
            )}
          </div>
        </li>
      ))}
    </ul>
  )
}

/** A change is one place of one section, before and after. */
export function keyOf({ section, subject, when, before, after }: Change): string {
  return [section, subject, when, before, after].join('|')
}
