import type { Metadata } from 'next'
import { ElevationsWaiting } from '@/components/approvals/elevations-waiting'
import { Inbox } from '@/components/approvals/inbox'
import { RequestView } from '@/components/approvals/request-view'
import { Main } from '@/components/shell/page'
import { readWaitingElevations } from '@/lib/boundary/read-elevations'
import { db } from '@/lib/db/client'
import { noteShown } from '@/lib/decisions/note-shown'
import { readInbox, readRequest } from '@/lib/decisions/read-inbox'
import { byDeadline } from '@/lib/decisions/request'
import { signedIn } from '@/lib/people/session-read'

export const metadata: Metadata = { title: 'Approvals' }

/** What waits for a person, and beside it, where there is room, the one that waits for the shortest time. */
export default async function ApprovalsPage({
  searchParams,
}: {
  searchParams: Promise<Record<string, string | string[] | undefined>>
}) {
  const actor = await signedIn()
  const mine = (await searchParams).show === 'mine'
  const now = new Date()
  const inbox = await readInbox(db(), actor, now)
  const shown = inbox.rows.filter((row) => !mine || row.yours.ok)
  const first = byDeadline(shown, now)[0]?.rows[0]
  const peek = first && (await readRequest(db(), actor, first.id, now))
  if (peek) await noteShown(db(), actor, peek)
  return (
    <Main full>
      <ElevationsWaiting elevations={await readWaitingElevations(db(), actor, now)} />
      <div className="two">
        <Inbox initial={inbox} loadedAt={now.getTime()} mine={mine} open={first?.id} peek />
        {peek && (
          <RequestView
            key={peek.id}
            peek
            initial={peek}
            loadedAt={now.getTime()}
            me={{ id: actor.id, name: actor.name }}
          />
        )}
      </div>
    </Main>
  )
}
