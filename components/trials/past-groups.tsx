import type { Group } from '@/lib/trials/changes'
import { Section } from '../shell/page'
import { Table, Td, Th } from '../table/table'
import { StateWord } from '../ui/state-word'

/** Changes alike, added up: by tool, and by what the draft would have said. */
export function PastGroups({ groups }: { groups: readonly Group[] }) {
  if (groups.length === 0) return null
  return (
    <Section id="alike" title="Added up" aside="by tool and by clause">
      <Table label="Changes by tool and by clause">
        <thead>
          <tr>
            <Th num>Decisions</Th>
            <Th>Tool</Th>
            <Th>Was</Th>
            <Th>Would be</Th>
            <Th>By</Th>
          </tr>
        </thead>
        <tbody>
          {groups.map(({ was, would, tool, reason, rule, count }) => (
            <tr key={`${was} ${would} ${String(tool)} ${reason} ${String(rule)}`}>
              <Td num>{count.toLocaleString('en')}</Td>
              <th scope="row" className="mono">
                {tool ?? 'not in the catalogue then'}
              </th>
              <Td>
                <StateWord state={was} />
              </Td>
              <Td>
                <StateWord state={would} />
              </Td>
              <Td mono quiet>
                {rule ?? reason}
              </Td>
            </tr>
          ))}
        </tbody>
      </Table>
    </Section>
  )
}
