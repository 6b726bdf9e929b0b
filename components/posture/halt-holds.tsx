import Link from 'next/link'
import type { GradeCount } from '@/lib/agents/read-grade'
import { paths } from '@/lib/core/paths'
import { GradeWord } from '../agents/grade'
import { holdWords } from '../agents/grade-words'
import { Block } from '../shell/page'

/** What a halt of everything would really do: how many agents of each grade there are, and what that comes to. */
export function HaltHolds({ grades }: { grades: readonly GradeCount[] }) {
  if (grades.length === 0) return null
  const all = grades.reduce((sum, { agents }) => sum + agents, 0)
  return (
    <Block title="If everything were halted">
      <p>
        Of {all.toLocaleString('en')} active {all === 1 ? 'agent' : 'agents'}, {holdWords(grades)}.
      </p>
      <ul className="rows">
        {grades.map(({ grade, agents }) => (
          <li key={grade}>
            <GradeWord grade={grade} />
            <span>{agents.toLocaleString('en')}</span>
          </li>
        ))}
      </ul>
      <p className="under">
        <Link href={paths.grades()}>What the grades mean, agent by agent</Link>
      </p>
    </Block>
  )
}
