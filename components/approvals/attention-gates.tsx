import Link from 'next/link'
import { paths } from '@/lib/core/paths'
import {
  type AttentionSetting,
  type GateFigures,
  isRubberStamping,
  percent,
  tookWords,
} from '@/lib/decisions/attention'
import { Table, Td, Th } from '../table/table'
import { classWords } from '../tools/class-words'
import { Empty } from '../ui/empty'
import { reasonWords } from './reason-words'

/** What was asked of people, kind by kind, the busiest first: how often, how it ended, how long an answer took. */
export function AttentionGates({
  gates,
  more,
  setting,
}: {
  gates: readonly GateFigures[]
  more: number
  setting: AttentionSetting
}) {
  if (gates.length === 0)
    return (
      <Empty kind="never" title={`No question about an action ended in ${String(setting.days)} days.`}>
        Once agents ask and people answer, each kind of question is counted here.
      </Empty>
    )
  return (
    <>
      <Table label="What was asked, by kind" density={40}>
        <thead>
          <tr>
            <Th>Agent and tool</Th>
            <Th>Held by</Th>
            <Th num>Asked</Th>
            <Th num>Approved</Th>
            <Th num>Rejected</Th>
            <Th num>Expired</Th>
            <Th num>Median answer</Th>
            <Th num>Too fast to read</Th>
          </tr>
        </thead>
        <tbody>
          {gates.map(({ gate, ends, pace }) => (
            <tr key={gate.key}>
              <th scope="row">
                <Link href={paths.agent(gate.agent)}>{gate.agent}</Link>{' '}
                <span className="mono">{gate.tool ?? 'a tool nobody entered in the catalogue'}</span>
                <span className="t3 s12"> {classWords(gate.class)}</span>
              </th>
              <Td>
                {reasonWords(gate.reason)}
                {gate.rule !== null && <span className="t3 s12 mono"> {gate.rule}</span>}
              </Td>
              <Td num>{ends.asked.toLocaleString('en')}</Td>
              <Td num>{shareWords(ends.approved, ends.approved + ends.rejected)}</Td>
              <Td num>{ends.rejected === 0 ? 'never' : ends.rejected.toLocaleString('en')}</Td>
              <Td num>{shareWords(ends.expired, ends.asked)}</Td>
              <Td num>{tookWords(pace.medianMs)}</Td>
              <Td num>
                {shareWords(pace.fast, pace.timed)}
                {isRubberStamping(pace, setting) && <b> finding</b>}
              </Td>
            </tr>
          ))}
        </tbody>
      </Table>
      {more > 0 && (
        <p className="under">
          The {gates.length} busiest kinds of {(gates.length + more).toLocaleString('en')}; the others are in the sums
          above.
        </p>
      )}
    </>
  )
}

/** `96 %`, or a dash where there is nothing to take a share of. */
export function shareWords(part: number, of: number): string {
  const share = percent(part, of)
  return share === null ? '—' : `${String(share)} %`
}
