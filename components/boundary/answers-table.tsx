import type { AnswerRow } from '@/lib/boundary/answers'
import { listed } from '@/lib/boundary/reach'
import { Table, Td, Th } from '../table/table'
import { StateWord } from '../ui/state-word'

const ANSWERS = {
  allow: { state: 'allow', word: 'Autonomous' },
  hold: { state: 'hold', word: 'Needs approval' },
  forbid: { state: 'forbid', word: 'Never' },
} as const

/** What a row reaches where it names one thing. */
const REACHES: Readonly<Record<string, string>> = { named: 'this tool', command: 'a shell’s command' }

/** What a boundary answers where: scopes, then what it names. What is neither is never, and the last line says so. */
export function AnswersTable({ rows }: { rows: readonly AnswerRow[] }) {
  return (
    <Table label="What it may do where" density={28}>
      <thead>
        <tr>
          <Th>Server or tool</Th>
          <Th>Scope</Th>
          <Th>Reaches</Th>
          <Th>Answer</Th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.key}>
            <th scope="row">
              <span className="mono">{row.subject}</span>
            </th>
            <Td>{row.scope}</Td>
            <Td quiet>
              {row.when === null ? (
                listed(row.reaches, 3) || (REACHES[row.scope] ?? 'no tool the catalogue knows')
              ) : (
                <span className="mono" title={row.when}>
                  when {row.when}
                </span>
              )}
            </Td>
            <Td>
              <StateWord {...ANSWERS[row.answer]} />
              {row.but !== null && <span className="t3"> {row.but}</span>}
            </Td>
          </tr>
        ))}
        <tr>
          <th scope="row">everything else</th>
          <Td>none</Td>
          <Td quiet>what is neither named nor in scope</Td>
          <Td>
            <StateWord state="forbid" word="Never" />
          </Td>
        </tr>
      </tbody>
    </Table>
  )
}
