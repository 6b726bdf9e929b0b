import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import { Inbox } from '@/components/approvals/inbox'
import { readShow, searchOf } from '@/components/approvals/show'
import { requestRead } from '@/components/approvals/request-read'
import { RequestView } from '@/components/approvals/request-view'
import { Main } from '@/components/shell/page'
import { readStandingOf } from '@/lib/agents/read-grade'
import { readBehind } from '@/lib/audit/read-resource-history'
import { isFault } from '@/lib/core/fault'
import { db } from '@/lib/db/client'
import { noteShown } from '@/lib/decisions/note-shown'
import { readInbox, readRequest } from '@/lib/decisions/read-inbox'
import type { RequestDetail } from '@/lib/decisions/request'
import type { Actor } from '@/lib/people/actor'
import { signedIn } from '@/lib/people/session-read'
import { said } from '@/lib/people/session-said'

export const metadata: Metadata = { title: 'Request' }

/** One request beside the list of those that wait. */
export default async function ApprovalPage({
  params,
  searchParams,
}: {
  params: Promise<{ id: string }>
  searchParams: Promise<Record<string, string | string[] | undefined>>
}) {
  const actor = await signedIn()
  const { id } = await params
  const now = new Date()
  const show = readShow(searchOf(await searchParams))
  const request = await find(actor, id, now)
  await noteShown(db(), actor, request)
  const [inbox, flash, behind, standing] = await Promise.all([
    readInbox(db(), actor, now, show),
    said(searchParams),
    readBehind(db(), actor, request, now),
    readStandingOf(db(), request.agent, now),
  ])
  return (
    <Main full>
      <div className="two">
        <Inbox initial={inbox} loadedAt={now.getTime()} show={show} open={request.id} />
        <RequestView
          key={request.id}
          initial={request}
          loadedAt={now.getTime()}
          me={{ id: actor.id, name: actor.name }}
          answered={flash}
          parts={requestRead(request, behind, standing, actor, flash)}
        />
      </div>
    </Main>
  )
}

async function find(actor: Actor, id: string, now: Date): Promise<RequestDetail> {
  try {
    return await readRequest(db(), actor, id, now)
  } catch (error) {
    if (isFault(error)) notFound()
    throw error
  }
}
