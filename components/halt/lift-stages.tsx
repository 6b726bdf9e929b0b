import Link from 'next/link'
import { paths } from '@/lib/core/paths'
import type { StageView } from '@/lib/halt/read-stages'
import { Table, Td, Th } from '../table/table'
import { Time } from '../ui/time'

/** What each stage of a lift let go, and what its agents did since: read before the next is proposed. */
export function LiftStages({ stages }: { stages: readonly StageView[] }) {
  return (
    <Table label="Stages of the lift, the first on top">
      <thead>
        <tr>
          <Th>Let go</Th>
          <Th>Since</Th>
          <Th num>Asked again</Th>
          <Th num>Allowed</Th>
          <Th num>Held</Th>
          <Th num>Refused</Th>
          <Th num>Failed</Th>
          <Th num>Alerts</Th>
          <Th>Now</Th>
        </tr>
      </thead>
      <tbody>
        {stages.map(({ stage, name, begunAt, endedHow, shown, agents }) => (
          <tr key={begunAt.toISOString()}>
            <th scope="row">
              {stage === 'agent' ? (
                <Link className="q" href={paths.agent(name)}>
                  {name}
                </Link>
              ) : (
                `${name}, ${agents.length} ${agents.length === 1 ? 'agent' : 'agents'}`
              )}
            </th>
            <Td>
              <Time at={begunAt} />
            </Td>
            <Td num>
              {shown.back} of {shown.agents}
            </Td>
            <Td num>{shown.allowed}</Td>
            <Td num>{shown.held}</Td>
            <Td num>{shown.refused}</Td>
            <Td num>{shown.failed}</Td>
            <Td num>{shown.openAlerts > 0 ? `${shown.alerts}, ${shown.openAlerts} open` : shown.alerts}</Td>
            <Td quiet>{endedHow === null ? 'runs' : ENDED[endedHow]}</Td>
          </tr>
        ))}
      </tbody>
    </Table>
  )
}

const ENDED = { next: 'runs, the next followed', stopped: 'halted again', lifted: 'lifted whole' } as const
