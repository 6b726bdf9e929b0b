import Link from 'next/link'
import { paths } from '@/lib/core/paths'
import type { Score, TestLine, TestsView } from '@/lib/decisions/read-tests'
import { FLAWS } from '@/lib/decisions/test-request'
import { Table, Td, Th } from '../table/table'
import { Time } from '../ui/time'

/** How test requests were answered: by team and month for everybody, one by one for those who may see it. */
export function AttentionTests({ tests }: { tests: TestsView }) {
  const { found, missed } = tests.all
  return (
    <>
      <p>
        {found + missed === 0
          ? 'No test request was answered in six months, so nobody knows whether a bad one would be noticed.'
          : `${found.toLocaleString('en')} of ${(found + missed).toLocaleString('en')} test requests were found in six months.`}
        {tests.unanswered > 0 && ` ${tests.unanswered.toLocaleString('en')} more ended unanswered.`}
      </p>
      {tests.teams.length > 0 && (
        <Table label="Test requests found, by team">
          <thead>
            <tr>
              <Th>Team</Th>
              {tests.months.map((month) => (
                <Th num key={month}>
                  {month}
                </Th>
              ))}
              <Th num>Six months</Th>
            </tr>
          </thead>
          <tbody>
            {tests.teams.map(({ team, months, all }) => (
              <tr key={team}>
                <th scope="row">{team}</th>
                {months.map((score, at) => (
                  <Td num key={tests.months[at]}>
                    {scoreWords(score)}
                  </Td>
                ))}
                <Td num>{scoreWords(all)}</Td>
              </tr>
            ))}
          </tbody>
        </Table>
      )}
      {tests.lines.length > 0 && (
        <Table label="Test requests, one by one">
          <thead>
            <tr>
              <Th>Opened</Th>
              <Th>As</Th>
              <Th>What was wrong</Th>
              <Th>Planted by</Th>
              <Th>Ended</Th>
              <Th>Who answered</Th>
            </tr>
          </thead>
          <tbody>
            {tests.lines.map((line) => (
              <tr key={`${line.approval ?? line.opensAt} ${line.agent}`}>
                <th scope="row">
                  {line.found === 'found' || line.found === 'missed' ? (
                    <Link href={paths.approval(line.approval ?? '')}>
                      <Time at={line.opensAt} />
                    </Link>
                  ) : (
                    <Time at={line.opensAt} />
                  )}
                </th>
                <Td>
                  <Link href={paths.agent(line.agent)}>{line.agent}</Link>
                </Td>
                <Td>{FLAWS[line.flaw].title}</Td>
                <Td quiet>{line.by}</Td>
                <Td>{endWords(line)}</Td>
                <Td quiet>{line.person ?? '—'}</Td>
              </tr>
            ))}
          </tbody>
        </Table>
      )}
    </>
  )
}

function scoreWords({ found, missed }: Score): string {
  return found + missed === 0 ? '—' : `${String(found)} of ${String(found + missed)}`
}

function endWords({ found, status }: TestLine): string {
  if (found === 'unanswered') return 'nobody answered'
  if (found !== null) return found
  if (status === null) return 'not opened yet'
  return status === 'pending' ? 'waits' : 'ended with its boundary'
}
