import type { UsedLimit } from '@/lib/decisions/read-limits'
import { Table, Td, Th } from '../table/table'

/** How much of each limit an agent has used up now, in numbers and as a bar. What is beyond asks a person. */
export function LimitsTable({ limits }: { limits: readonly UsedLimit[] }) {
  return (
    <Table label="Limits and what is used of them">
      <thead>
        <tr>
          <Th>Limit</Th>
          <Th>Used now</Th>
          <Th>Of</Th>
          <Th>Set by</Th>
        </tr>
      </thead>
      <tbody>
        {limits.map(({ name, what, used, limit, share, by }) => (
          <tr key={name + by}>
            <th scope="row">{what}</th>
            <Td>
              {used === null ? (
                <span className="t3">looked at call by call</span>
              ) : (
                <span className="limit-used">
                  <meter
                    min={0}
                    max={1}
                    high={0.8}
                    value={Math.min(share ?? 0, 1)}
                    aria-label={`${what}: ${used} of ${limit}`}
                  />{' '}
                  {used}
                  {share !== null && share >= 1 && (
                    <b className="holdc">
                      {' '}
                      used up: {name === 'concurrent_runs' ? 'more are refused' : 'it asks a person'}
                    </b>
                  )}
                </span>
              )}
            </Td>
            <Td>{limit}</Td>
            <Td quiet>{by === 'boundary' ? 'its boundary' : 'the baseline'}</Td>
          </tr>
        ))}
      </tbody>
    </Table>
  )
}
