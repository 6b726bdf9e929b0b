import type { Answerable } from '@/lib/boundary/read-accountable'
import { Table, Td, Th } from '../table/table'
import { Tag } from '../ui/tag'

const WORDS: Record<Answerable['category'], string> = {
  spending: 'Spends money',
  production: 'Touches production',
  external: 'Leaves the organisation',
  customer: 'A customer sees it',
  irreversible: 'Cannot be undone',
  execution: 'Runs code',
  writes: 'Other writes',
  reads: 'Reads',
}

/** Who answers for which kind of action (C04): whom the boundary names, and to whom the rest falls. */
export function AnswerableTable({ of }: { of: readonly Answerable[] }) {
  return (
    <Table label="Who answers for which kind of action">
      <thead>
        <tr>
          <Th>Kind of action</Th>
          <Th>Who answers for it</Th>
          <Th>Because</Th>
        </tr>
      </thead>
      <tbody>
        {of.map(({ category, said, by, falls }) => (
          <tr key={category}>
            <th scope="row">{WORDS[category]}</th>
            <Td>{by}</Td>
            <Td quiet wrap>
              {falls === 'named' && <>the boundary names “{said}”</>}
              {falls === 'owner' && <>nobody is named, so it falls to the owner</>}
              {falls === 'unknown' && (
                <>
                  the boundary names “{said}”, but no person has that address and no team that name{' '}
                  <Tag tone="hold">falls to the owner</Tag>
                </>
              )}
            </Td>
          </tr>
        ))}
      </tbody>
    </Table>
  )
}
