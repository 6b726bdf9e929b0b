import { sayMs } from '@/lib/halt/drill'
import { paths } from '@/lib/core/paths'
import type { DrillView } from '@/lib/halt/read-drills'
import { RowLink, Table, Td, Th } from '../table/table'
import { StateWord } from '../ui/state-word'
import { Time } from '../ui/time'
import { DRILL_STATES, drillTitle } from './drill-words'

/** The drills there were, newest first, with what each measured. */
export function DrillList({ drills }: { drills: readonly DrillView[] }) {
  return (
    <Table label="Drills, newest first">
      <thead>
        <tr>
          <Th>When</Th>
          <Th>Drill</Th>
          <Th>State</Th>
          <Th num>Confirmed</Th>
          <Th num>Median</Th>
          <Th num>p95</Th>
          <Th num>Worst</Th>
          <Th num>Target</Th>
        </tr>
      </thead>
      <tbody>
        {drills.map((drill) => (
          <tr key={drill.id}>
            <RowLink href={paths.drill(drill.id)}>
              <Time at={drill.begunAt ?? drill.askedAt} />
            </RowLink>
            <Td>{drillTitle(drill)}</Td>
            <Td>
              <StateWord {...DRILL_STATES[drill.state]} />
            </Td>
            <Figures drill={drill} />
          </tr>
        ))}
      </tbody>
    </Table>
  )
}

function Figures({ drill: { report } }: { drill: DrillView }) {
  if (report === null)
    return (
      <>
        <Td num />
        <Td num />
        <Td num />
        <Td num />
        <Td num />
      </>
    )
  const { confirmed, agents, median, p95, worst, met } = report.figures
  return (
    <>
      <Td num>
        {confirmed} of {agents}
      </Td>
      <Td num>{median === null ? 'none' : sayMs(median)}</Td>
      <Td num>{p95 === null ? 'none' : sayMs(p95)}</Td>
      <Td num>{worst === null ? 'none' : sayMs(worst)}</Td>
      <Td num>{met ? 'met' : 'missed'}</Td>
    </>
  )
}
