import { ALERT_KINDS } from '@/lib/alerts/alert'
import type { AlertRow } from '@/lib/alerts/read'
import { LIMIT_KINDS } from '@/lib/boundary/limits'
import { publicId } from '@/lib/core/ids'
import { paths } from '@/lib/core/paths'
import Link from 'next/link'
import { RowLink, Table, Td, Th } from '../table/table'
import { Time } from '../ui/time'
import { SeverityWord } from './severity-word'

/** Alerts, one row each: how loud, what, whose agent, how often, since when, and who looked. */
export function AlertsTable({
  rows,
  streams,
  tools,
}: {
  rows: readonly AlertRow[]
  /** what the streams among them are called */
  streams: ReadonlyMap<string, string>
  /** and the tools */
  tools: ReadonlyMap<string, string>
}) {
  return (
    <Table label="Alerts" density={40}>
      <thead>
        <tr>
          <Th>Severity</Th>
          <Th>What</Th>
          <Th>About</Th>
          <Th>Owner</Th>
          <Th num>Times</Th>
          <Th>Last</Th>
          <Th>First</Th>
          <Th>Acknowledged</Th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.id}>
            <Td>
              <SeverityWord severity={row.severity} />
            </Td>
            <RowLink href={paths.alert(publicId('alert', row.id))}>
              {ALERT_KINDS[row.kind].title}
              {row.limit && `: ${LIMIT_KINDS[row.limit].words}`}
            </RowLink>
            <Td>
              {row.agent && <Link href={paths.agent(row.agent.slug)}>{row.agent.slug}</Link>}
              {row.toolId && (
                <Link href={paths.tool(publicId('tool', row.toolId))}>{tools.get(row.toolId) ?? 'its tool'}</Link>
              )}
              {row.streamId && (
                <Link href={paths.streamAt(publicId('stream', row.streamId))}>
                  {streams.get(row.streamId) ?? 'its stream'}
                </Link>
              )}
            </Td>
            <Td quiet>{row.agent?.owner}</Td>
            <Td num>{row.count}</Td>
            <Td>
              <Time at={row.lastAt} show="relative" />
            </Td>
            <Td quiet>
              <Time at={row.firstAt} />
            </Td>
            <Td quiet>
              {row.acknowledged ? (
                <>
                  {row.acknowledged.by}, <Time at={row.acknowledged.at} />
                </>
              ) : (
                'by nobody yet'
              )}
            </Td>
          </tr>
        ))}
      </tbody>
    </Table>
  )
}
