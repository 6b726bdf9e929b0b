import { GRADES } from '@/lib/agents/grade'
import type { GradeCount } from '@/lib/agents/read-grade'
import { GRADE_WORDS, gradeKey } from '../agents/grade-words'
import { Table, Td, Th } from '../table/table'
import { Icon } from '../ui/icon'

/** Every grade with what was seen of it and what a halt does, the strongest first. Each row is an anchor. */
export function GradeLegend({ grades }: { grades: readonly GradeCount[] }) {
  return (
    <Table label="Grades, the strongest first">
      <thead>
        <tr>
          <Th>Grade</Th>
          <Th>What was seen</Th>
          <Th>What a halt does</Th>
          <Th num>Active agents</Th>
        </tr>
      </thead>
      <tbody>
        {[...GRADES, null].map((grade) => {
          const { icon, tone, word, seen, halt } = GRADE_WORDS[gradeKey(grade)]
          return (
            <tr key={word} id={gradeKey(grade)}>
              <th scope="row">
                <span className={`st ${tone}`}>
                  <Icon of={icon} />
                  {word}
                </span>
              </th>
              <Td wrap>{seen}</Td>
              <Td wrap>{halt}</Td>
              <Td num>{(grades.find((each) => each.grade === grade)?.agents ?? 0).toLocaleString('en')}</Td>
            </tr>
          )
        })}
      </tbody>
    </Table>
  )
}
