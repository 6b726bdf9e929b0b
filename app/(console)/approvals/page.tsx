import type { Metadata } from 'next'
import { ElevationsWaiting } from '@/components/approvals/elevations-waiting'
import { Inbox } from '@/components/approvals/inbox'
import { readShow, searchOf } from '@/components/approvals/show'
import { requestRead } from '@/components/approvals/request-read'
import { RequestView } from '@/components/approvals/request-view'
import { SecondsWanted } from '@/components/approvals/seconds-wanted'
import { Main } from '@/components/shell/page'
import { readStandingOf } from '@/lib/agents/read-grade'
import { answererOf } from '@/lib/approvals/read'
import { readBehind } from '@/lib/audit/read-resource-history'
import { readWaitingElevations } from '@/lib/boundary/read-elevations'
import { db } from '@/lib/db/client'
import { noteShown } from '@/lib/decisions/note-shown'
import { readInbox, readRequest } from '@/lib/decisions/read-inbox'
import { byDeadline, byStakes } from '@/lib/decisions/request'
import { readSecondsWanted } from '@/lib/halt/read-waiting'
import { can } from '@/lib/people/permission'
import { signedIn } from '@/lib/people/session-read'

export const metadata: Metadata = { title: 'Approvals' }

/** What waits for a person, and beside it, where there is room, the one that waits for the shortest time. */
export default async function ApprovalsPage({
  searchParams,
}: {
  searchParams: Promise<Record<string, string | string[] | undefined>>
}) {
  const actor = await signedIn()
  const show = readShow(searchOf(await searchParams))
  const now = new Date()
  const inbox = await readInbox(db(), actor, now, show)
  const [first] = (show.order === 'risk' ? byStakes(inbox.rows) : byDeadline(inbox.rows, now))[0]?.rows ?? []
  const peek = first && (await readRequest(db(), actor, first.id, now))
  if (peek) await noteShown(db(), actor, peek)
  return (
    <Main full>
      <SecondsWanted wanted={can(actor, 'halt.lift').ok ? await readSecondsWanted(db(), answererOf(actor), now) : []} />
      <ElevationsWaiting elevations={await readWaitingElevations(db(), actor, now)} />
      <div className="two">
        <Inbox initial={inbox} loadedAt={now.getTime()} show={show} open={first?.id} peek />
        {peek && (
          <RequestView
            key={peek.id}
            peek
            initial={peek}
            parts={requestRead(
              peek,
              await readBehind(db(), actor, peek, now),
              await readStandingOf(db(), peek.agent, now),
              actor,
            )}
            loadedAt={now.getTime()}
            me={{ id: actor.id, name: actor.name }}
          />
        )}
      </div>
    </Main>
  )
}
