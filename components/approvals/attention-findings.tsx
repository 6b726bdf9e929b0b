import { type AttentionSetting, fastWords, isRubberStamping } from '@/lib/decisions/attention'
import type { AttentionView } from '@/lib/decisions/read-attention'

/** What a person should act on, in words; that there is nothing, where there is nothing. */
export function AttentionFindings({ view }: { view: AttentionView }) {
  const people = view.people.filter(({ pace }) => isRubberStamping(pace, view.setting))
  const gates = view.gates.filter(({ pace }) => isRubberStamping(pace, view.setting))
  if (people.length + gates.length === 0) return <p>{nothingWords(view.setting, view.everybody)}</p>
  return (
    <ul className="rows">
      {people.map(({ person, pace }) => (
        <li key={person.id}>
          <b>Rubber stamping: {person.name}.</b> {fastWords(pace)}. Plant a test request to see what is noticed, ask
          what makes them hurry, and look whether what they answer should be asked at all.
        </li>
      ))}
      {gates.map(({ gate, pace }) => (
        <li key={gate.key}>
          <b>
            Rubber stamping: what {gate.agent} asks about {gate.tool ?? 'a tool nobody entered in the catalogue'}.
          </b>{' '}
          {fastWords(pace)}. Either the question does not need a person, or the page does not show what matters about
          it.
        </li>
      ))}
    </ul>
  )
}

function nothingWords({ leastVerdicts, mostFast, days }: AttentionSetting, everybody: boolean): string {
  const whose = everybody ? 'Nobody, and no kind of question,' : 'No kind of question'
  return `No finding. ${whose} has ${String(leastVerdicts)} or more timed answers in ${String(days)} days of which more than ${String(mostFast)} % came faster than what was shown can be read.`
}
