import Link from 'next/link'
import { paths } from '@/lib/core/paths'
import { UNREPLAYED, type Move, type SimulationResult, type Unreplayed } from '@/lib/trials/changes'
import { Note } from '../ui/banner'
import { StateWord } from '../ui/state-word'

const number = (value: number): string => value.toLocaleString('en')

/** What trying a version on the past came to, in words; each number leads to the entries behind it. */
export function PastFigures({ result, slug, version }: { result: SimulationResult; slug: string; version: number }) {
  const rejected = result.moves.filter((move) => move.was === 'hold' && move.would === 'allow' && move.rejected > 0)
  const wasted = result.moves.filter((move) => move.was === 'allow' && move.would !== 'allow')
  return (
    <>
      <ul className="figs" aria-label="How many decisions would have been others">
        <li>
          <b>{number(result.same)}</b> keep their answer
        </li>
        {result.moves.map((move) => (
          <li key={`${move.was} ${move.would}`}>
            <Link href={paths.pastUnder(slug, version, { was: move.was, would: move.would })}>
              <b>{number(move.count)}</b> <span className="vh">of them: see which</span>
            </Link>
            <StateWord state={move.was} /> <span aria-label="would have been">→</span> <StateWord state={move.would} />
          </li>
        ))}
      </ul>
      {rejected.map((move) => (
        <Contradiction key="rejected" move={move} />
      ))}
      {wasted.length > 0 && (
        <Note>
          <b>{number(wasted.reduce((sum, { count }) => sum + count, 0))} that ran by themselves would not have.</b>{' '}
          Whoever relies on them waits, or is refused, from the signature on.
        </Note>
      )}
      <Remainder result={result} />
    </>
  )
}

function Contradiction({ move }: { move: Move }) {
  return (
    <Note tone="hold">
      <b>
        {number(move.rejected)} of the {number(move.count)} {move.rejected === 1 ? 'was' : 'were'} rejected by a person
        at the time.
      </b>{' '}
      They would have run with nobody asked.
    </Note>
  )
}

/** How much could not be replayed and why, and what the past does not tell at all. */
function Remainder({ result: { unreplayed, unknown, decisions } }: { result: SimulationResult }) {
  const kinds = Object.entries(unreplayed) as [Unreplayed, number][]
  return (
    <>
      {kinds.length > 0 && (
        <Note tone="hold">
          <b>
            {number(kinds.reduce((sum, [, count]) => sum + count, 0))} of {number(decisions)} could not be replayed:
          </b>{' '}
          {kinds.map(([why, count]) => `of ${number(count)} ${UNREPLAYED[why]}`).join('; ')}.
        </Note>
      )}
      {unknown.length > 0 && (
        <p className="t2 s12">
          {unknown.includes('tokens') && 'Limits of tokens are not replayed: they are counted run by run. '}
          {unknown.includes('concurrent_runs') &&
            'Limits of runs at a time are not replayed: they refuse runs, not actions.'}
        </p>
      )}
    </>
  )
}
