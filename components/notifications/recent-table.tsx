import type { NotificationView } from '@/lib/notify/read-notifications'
import { Table, Td, Th } from '../table/table'
import { StateWord } from '../ui/state-word'
import { Time } from '../ui/time'
import { STATE_WORDS, WAY_WORDS } from './notification-words'

/** How somebody's last messages went, newest first. */
export function RecentTable({ rows }: { rows: readonly NotificationView[] }) {
  return (
    <Table label="Sent lately" density={40}>
      <thead>
        <tr>
          <Th>When</Th>
          <Th>About</Th>
          <Th num>How many</Th>
          <Th>By</Th>
          <Th>State</Th>
          <Th>Why</Th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.id}>
            <Td quiet>
              <Time at={row.createdAt} show="relative" />
            </Td>
            <Td wrap>{row.says}</Td>
            <Td num>{row.count}</Td>
            <Td quiet>{WAY_WORDS[row.via]}</Td>
            <Td>
              <StateWord state={STATE_WORDS[row.state].state} word={STATE_WORDS[row.state].word} />
            </Td>
            <Td quiet wrap>
              {row.why ??
                (row.state === 'queued' ? (
                  <>
                    due <Time at={row.dueAt} show="relative" />
                  </>
                ) : (
                  ''
                ))}
            </Td>
          </tr>
        ))}
      </tbody>
    </Table>
  )
}
