import Link from 'next/link'
import { paths } from '@/lib/core/paths'
import type { MayAnswer } from '@/lib/trials/may'
import { RuleSaid } from '../approvals/rule-said'
import { Td } from '../table/table'
import { StateWord } from '../ui/state-word'
import { MAY_WORDS, STOPPED_WORDS, whoIsAsked } from './may-words'

/** What would happen, what stops the agent as a whole, and what that rests on: two cells of a row. */
export function MayCells({ slug, answer }: { slug: string; answer: MayAnswer }) {
  const { may, stopped, otherwise, asked, observed, contained, depends } = answer
  const word = MAY_WORDS[otherwise ?? may]
  return (
    <>
      <Td wrap>
        {stopped === null ? (
          <StateWord state={word.state} word={word.word} />
        ) : (
          <>
            <StateWord {...STOPPED_WORDS[stopped]} />
            {otherwise !== null && (
              <span className="t2 s12">
                {' '}
                Otherwise: <StateWord state={word.state} word={word.word} />
              </span>
            )}
          </>
        )}
        {asked.length > 0 && <span className="t2 s12"> {whoIsAsked(asked)}</span>}
        {contained && <span className="t3 s12"> It is contained: only reads in its scope answer.</span>}
        {observed !== null && (
          <span className="t3 s12"> It only observes; enforced: {MAY_WORDS[observed].word.toLowerCase()}.</span>
        )}
        {depends.length > 0 && <span className="t3 s12"> May differ with what is not said: {depends.join(', ')}.</span>}
      </Td>
      <Td wrap>
        <div className="may-rule">
          <Because slug={slug} answer={answer} />
        </div>
      </Td>
    </>
  )
}

function Because({ slug, answer: { stopped, otherwise, told, place, boundary } }: { slug: string; answer: MayAnswer }) {
  if (stopped !== null && otherwise === null)
    return stopped === 'halted' ? (
      <Link href={paths.halt()}>A halt is in force</Link>
    ) : (
      <Link href={paths.agent(slug)}>{told.text}</Link>
    )
  return (
    <>
      <span className="s12">{told.text}</span>
      {place !== null ? (
        <RuleSaid of={place} />
      ) : (
        boundary !== null && (
          <span className="rule">
            <Link href={paths.boundary(slug, boundary.version)}>Its boundary, version {boundary.version}</Link>
            {told.rule !== null && <code>{told.rule}</code>}
          </span>
        )
      )}
    </>
  )
}
