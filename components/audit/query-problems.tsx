import { TriangleAlert } from 'lucide-react'
import type { TermProblem } from '@/lib/audit/term'
import { HostileText } from '../ui/hostile-text'
import { Icon } from '../ui/icon'

/** The bar's text with the places that cannot be read marked, and beneath it what is wrong with each and what to do. */
export function QueryProblems({
  id,
  text,
  problems,
  mend,
}: {
  id: string
  text: string
  problems: readonly TermProblem[]
  /** takes what is offered instead; left out where only a form can */
  mend?: (problem: TermProblem) => void
}) {
  return (
    <div className="qerr" id={id}>
      <p className="mono">
        <Marked text={text} problems={problems} />
      </p>
      <ul>
        {problems.map((problem) => (
          <li className="err" key={`${problem.at} ${problem.says}`}>
            <Icon of={TriangleAlert} />
            <span>
              <HostileText text={problem.says} />{' '}
              {mend && problem.instead !== undefined && (
                <button type="button" className="linkish" onClick={() => mend(problem)}>
                  {problem.instead.trim() === '' ? 'Take it away' : <>Write {problem.instead}</>}
                </button>
              )}
            </span>
          </li>
        ))}
      </ul>
    </div>
  )
}

function Marked({ text, problems }: { text: string; problems: readonly TermProblem[] }) {
  return pieces(text, problems).map(({ at, part, wrong }) =>
    wrong ? (
      <mark key={at}>
        <HostileText text={part === '' ? ' ' : part} />
      </mark>
    ) : (
      <HostileText key={at} text={part} />
    ),
  )
}

/** The text cut at its problems, in order; of two that overlap the first is marked. */
function pieces(text: string, problems: readonly TermProblem[]): { at: number; part: string; wrong: boolean }[] {
  const cut: { at: number; part: string; wrong: boolean }[] = []
  let done = 0
  for (const { at, length } of problems.toSorted((a, b) => a.at - b.at)) {
    if (at < done) continue
    if (at > done) cut.push({ at: done, part: text.slice(done, at), wrong: false })
    cut.push({ at, part: text.slice(at, at + length), wrong: true })
    done = at + length
  }
  return done < text.length ? [...cut, { at: done, part: text.slice(done), wrong: false }] : cut
}
