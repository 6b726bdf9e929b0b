import Link from 'next/link'
import type { Grade, Standing } from '@/lib/agents/grade'
import { paths } from '@/lib/core/paths'
import { Icon } from '../ui/icon'
import { Time } from '../ui/time'
import { GRADE_WORDS, gradeKey, OBEYED_WORDS, WAY_WORDS } from './grade-words'

/** How well a halt would hold an agent, in a word that leads to what it means. */
export function GradeWord({ grade }: { grade: Grade | null }) {
  const key = gradeKey(grade)
  const { icon, tone, word, halt } = GRADE_WORDS[key]
  return (
    <Link className="q" href={paths.grades(key)} title={halt}>
      <span className={`st ${tone}`}>
        <Icon of={icon} />
        {word}
      </span>
    </Link>
  )
}

/** The same with when it was last seen obeying: for a line of a table or of facts. */
export function GradeLine({ standing }: { standing: Standing }) {
  return (
    <>
      <GradeWord grade={standing.grade} /> <LastObeyed standing={standing} />
    </>
  )
}

/** The same in sentences, with how its actions were seen to run: for an agent's own page. */
export function GradeFacts({ standing }: { standing: Standing }) {
  const { seen, halt } = GRADE_WORDS[gradeKey(standing.grade)]
  return (
    <>
      <p className="state-line">
        <GradeWord grade={standing.grade} />
      </p>
      <p className="t2">
        {seen} {halt}
      </p>
      <p className="t2">
        <LastObeyed standing={standing} whole />
      </p>
      {standing.ways.length > 1 && (
        <>
          <p className="under">The weakest way counts. In the last 30 days its actions</p>
          <ul className="rows s12">
            {standing.ways.map(({ way, last, times }) => (
              <li key={way}>
                <span>
                  {WAY_WORDS[way]}, {times.toLocaleString('en')} {times === 1 ? 'time' : 'times'}
                </span>
                <span className="t3">
                  <Time at={last} show="relative" />
                </span>
              </li>
            ))}
          </ul>
        </>
      )}
    </>
  )
}

/** When it was last seen obeying, and how; what it did against a refusal is said before. */
export function LastObeyed({ standing: { obeyed, ignoredAt }, whole }: { standing: Standing; whole?: boolean }) {
  if (ignoredAt !== null && (obeyed === null || ignoredAt >= obeyed.at))
    return (
      <span className="holdc">
        {whole ? 'It reported' : 'reported'} what it was never given, <Time at={ignoredAt} show="relative" />
        {whole && '.'}
      </span>
    )
  if (obeyed === null)
    return <span className="t3">{whole ? 'It was never seen obeying: run a drill.' : 'never seen obeying'}</span>
  return (
    <span className={whole ? undefined : 't3'}>
      {whole ? 'Last seen obeying' : 'obeyed'} <Time at={obeyed.at} show="relative" />
      {whole && `: it ${OBEYED_WORDS[obeyed.how]}.`}
    </span>
  )
}
