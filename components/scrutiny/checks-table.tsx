import Link from 'next/link'
import { paths } from '@/lib/core/paths'
import type { EditableCheck } from '@/lib/decisions/scrutiny'
import { Table, Td, Th } from '../table/table'
import { Tag } from '../ui/tag'
import { Time } from '../ui/time'

/** What is looked for in actions of one kind, and who said so. */
export function ChecksTable({
  label,
  checks,
  edits,
}: {
  label: string
  checks: readonly EditableCheck[]
  edits: boolean
}) {
  return (
    <Table label={label} density={40}>
      <thead>
        <tr>
          <Th>What to look for</Th>
          <Th>Last changed</Th>
          {edits && <Th>Change</Th>}
        </tr>
      </thead>
      <tbody>
        {checks.map((check) => (
          <tr key={check.id}>
            <Td wrap>
              <b>{check.title}.</b> <span className="t2">{check.lookFor}</span> {!check.active && <Tag>not in use</Tag>}
            </Td>
            <Td quiet>
              {check.changedBy === null ? (
                'came with Countersign'
              ) : (
                <>
                  {check.changedBy}, <Time at={check.changedAt} show="day" />
                </>
              )}
            </Td>
            {edits && (
              <Td>
                <Link href={paths.scrutiny(check.id)} aria-label={`Change “${check.title}”`}>
                  Change
                </Link>
              </Td>
            )}
          </tr>
        ))}
      </tbody>
    </Table>
  )
}
