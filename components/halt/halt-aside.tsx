import type { ShiftRow } from '@/lib/people/read-on-call'
import Link from 'next/link'
import type { ReactNode } from 'react'
import { paths } from '@/lib/core/paths'
import { Block } from '../shell/page'
import { Empty } from '../ui/empty'
import { Fact, Facts } from '../ui/facts'
import { Seat } from '../ui/seat'
import { Time } from '../ui/time'

/**
 * Who holds the kill switch, who comes next, and what to do, in three lines (C31, C34).
 * @param children what stands between: when the switch was last rehearsed
 */
export function HaltAside({
  onCall,
  children,
}: {
  onCall: { now: readonly ShiftRow[]; next: ShiftRow | undefined }
  children?: ReactNode
}) {
  return (
    <>
      <Block title="On call">
        {onCall.now.length === 0 && (
          <Empty kind="never" title="Nobody is on call." start={{ href: paths.onCall(), words: 'Say who is' }}>
            Any analyst and any ciso may engage a halt all the same.
          </Empty>
        )}
        {onCall.now.map((shift) => (
          <Seat
            key={shift.id}
            seat="taken"
            hand="on-call"
            who={<Link href={paths.person(shift.personId)}>{shift.name}</Link>}
            at={
              shift.endsAt && (
                <>
                  until <Time at={shift.endsAt} />
                </>
              )
            }
          />
        ))}
        {onCall.next && (
          <Facts width="narrow">
            <Fact term={<Time at={onCall.next.startsAt} />}>{onCall.next.name}</Fact>
          </Facts>
        )}
      </Block>
      {children}
      <Block title="The procedure">
        <ol className="proc">
          <li>Engage the narrowest scope that is surely wide enough.</li>
          <li>Watch the unconfirmed. Cut their network if they stay.</li>
          <li>Write down why. Lift with a second person.</li>
        </ol>
        <p>
          <Link href={paths.runbook()}>The whole runbook</Link>. <Link href={paths.drills()}>Drills</Link> show that it
          works.
        </p>
      </Block>
    </>
  )
}
