import type { Metadata } from 'next'
import { DeadLink } from '@/components/people/dead-link'
import { JoinForm } from '@/components/people/join-form'
import { Outside } from '@/components/shell/outside'
import { Time } from '@/components/ui/time'
import { db } from '@/lib/db/client'
import { readHaltOutside } from '@/lib/halt/read'
import { readOrganisation } from '@/lib/people/read'
import { readLink } from '@/lib/people/read-link'
import { rolesInWords } from '@/lib/people/role'
import { said } from '@/lib/people/session-said'

export const metadata: Metadata = { title: 'Join', referrer: 'same-origin' }

type Props = { params: Promise<{ token: string }>; searchParams: Promise<Record<string, unknown>> }

/** An invitation, taken up by whoever holds its link. Opening the page uses nothing up. */
export default async function JoinPage({ params, searchParams }: Props) {
  const { token } = await params
  const now = new Date()
  const halted = await readHaltOutside(db())
  const [link, organisation] = await Promise.all([readLink(db(), token, 'join', now), readOrganisation(db())])
  if (link === undefined)
    return (
      <Outside organisation={organisation?.name} now={now.getTime()} halted={halted}>
        <DeadLink>Ask whoever invited you for another.</DeadLink>
      </Outside>
    )
  return (
    <Outside
      organisation={organisation?.name}
      now={now.getTime()}
      halted={halted}
      foot={
        <>
          This link works once and ends at <Time at={link.expiresAt} show="full" />.
        </>
      }
    >
      <h1>Join {organisation?.name}</h1>
      <p className="t2 fld">
        As <b>{link.email}</b>, {rolesInWords(link.roles)}.
      </p>
      <JoinForm token={token} name={link.name ?? ''} email={link.email ?? ''} flash={await said(searchParams)} />
    </Outside>
  )
}
