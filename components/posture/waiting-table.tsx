import { Bell, CalendarClock, GitPullRequest, type LucideIcon, Pause, Signature, User } from 'lucide-react'
import Link from 'next/link'
import type { Waiting } from '@/lib/evidence/posture'
import { paths } from '@/lib/core/paths'
import { Table, Td, Th } from '../table/table'
import { Empty } from '../ui/empty'
import { Icon } from '../ui/icon'
import { Sentence } from '../ui/sentence'
import { Time } from '../ui/time'

const KINDS: Record<Waiting['kind'], { icon: LucideIcon; word: string; tone: 'hold' | 'inkc' | 'quiet' }> = {
  action: { icon: Pause, word: 'Action', tone: 'hold' },
  boundary: { icon: Signature, word: 'Boundary', tone: 'inkc' },
  owner: { icon: User, word: 'Owner', tone: 'quiet' },
  review: { icon: CalendarClock, word: 'Review', tone: 'quiet' },
  change: { icon: GitPullRequest, word: 'Code', tone: 'hold' },
  alert: { icon: Bell, word: 'Alert', tone: 'quiet' },
}

/** More than these are one line that leads to their own page. */
const MOST = 14

/** Everything that waits for a person, of every kind, in one table by deadline. */
export function WaitingTable({ waiting }: { waiting: readonly Waiting[] }) {
  if (waiting.length === 0) {
    return (
      <Empty kind="done" title="Nothing waits for a person." see={{ href: paths.audit(), words: 'What was decided' }}>
        Held actions, drafts to sign, agents without an owner and alerts stand here by deadline.
      </Empty>
    )
  }
  const more = waiting.length - MOST
  return (
    <Table label="What waits for a person, by deadline" cols={['104px', null, '152px', '92px']}>
      <thead>
        <tr>
          <Th>Kind</Th>
          <Th>What</Th>
          <Th>Who may answer</Th>
          <Th num>Due</Th>
        </tr>
      </thead>
      <tbody>
        {waiting.slice(0, MOST).map((one) => (
          <tr key={one.key}>
            <Td>
              <span className={`st ${KINDS[one.kind].tone}`}>
                <Icon of={KINDS[one.kind].icon} filled={one.kind === 'action'} />
                {KINDS[one.kind].word}
              </span>
            </Td>
            <th scope="row">
              <Link className={one.kind === 'action' ? 'q what verb' : 'q what'} href={one.href}>
                <Sentence parts={one.what} />
              </Link>
              <span className="t3"> {one.aside}</span>
            </th>
            <Td quiet>{one.who}</Td>
            <Td num>
              <Due one={one} />
            </Td>
          </tr>
        ))}
        {more > 0 && (
          <tr>
            <Td colSpan={4}>
              <Link href={paths.approvals()}>{more} more</Link>
            </Td>
          </tr>
        )}
      </tbody>
    </Table>
  )
}

function Due({ one }: { one: Waiting }) {
  if (one.due === null) return one.overdue ? 'now' : <span className="t3">no date</span>
  if (!one.overdue) return <Time at={one.due} show="left" />
  return (
    <>
      since <Time at={one.due} show="day" />
    </>
  )
}
