import Link from 'next/link'
import { publicId } from '@/lib/core/ids'
import { paths } from '@/lib/core/paths'
import type { RecentAction } from '@/lib/decisions/recent'
import { Table, Td, Th } from '../table/table'
import { HostileText } from '../ui/hostile-text'
import { isStateName } from '../ui/state-words'
import { StateWord } from '../ui/state-word'
import { Time } from '../ui/time'

/** States that say no more than the decision beside them. */
const SAID_ALREADY: ReadonlySet<string> = new Set(['forbidden', 'allowed'])

/** The last decisions of an agent; each leads to its whole story. */
export function RecentTable({ rows }: { rows: readonly RecentAction[] }) {
  return (
    <Table label="Recent actions" cols={['84px', '96px', '176px', null, '136px', '116px']}>
      <thead>
        <tr>
          <Th>Time</Th>
          <Th>Decision</Th>
          <Th>Tool</Th>
          <Th>On</Th>
          <Th>Reason</Th>
          <Th>Then</Th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.id}>
            <Td quiet>
              <Time at={row.at} />
            </Td>
            <Td>
              <StateWord state={row.decision} />
            </Td>
            <th scope="row">
              <Link className="q mono" href={paths.action(publicId('action', row.id))}>
                <HostileText text={row.tool} max={100} />
              </Link>
            </th>
            <Td>{row.resource !== null && <HostileText text={row.resource} max={100} />}</Td>
            <Td quiet>{row.reason?.replaceAll('_', ' ')}</Td>
            <Td>
              {SAID_ALREADY.has(row.status) || !isStateName(row.status) ? (
                <span className="t3">{row.status === 'forbidden' ? 'not run' : 'no outcome yet'}</span>
              ) : (
                <StateWord state={row.status} />
              )}
            </Td>
          </tr>
        ))}
      </tbody>
    </Table>
  )
}
