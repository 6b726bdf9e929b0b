import type { Standing } from '@/lib/agents/grade'
import { paths } from '@/lib/core/paths'
import { GradeWord, LastObeyed } from '../agents/grade'
import { WAY_WORDS } from '../agents/grade-words'
import { RowLink, Table, Td, Th } from '../table/table'

/** Agents with their grade, what it rests on, and when each was last seen obeying. */
export function GradeTable({ rows }: { rows: readonly { slug: string; standing: Standing }[] }) {
  return (
    <Table label="Agents, the weakest first">
      <thead>
        <tr>
          <Th>Agent</Th>
          <Th>Grade</Th>
          <Th>Its actions</Th>
          <Th>Seen obeying</Th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ slug, standing }) => (
          <tr key={slug}>
            <RowLink href={paths.agent(slug)}>{slug}</RowLink>
            <Td>
              <GradeWord grade={standing.grade} />
            </Td>
            <Td quiet>{standing.ways[0] ? WAY_WORDS[standing.ways[0].way] : 'were not seen'}</Td>
            <Td quiet>
              <LastObeyed standing={standing} />
            </Td>
          </tr>
        ))}
      </tbody>
    </Table>
  )
}
