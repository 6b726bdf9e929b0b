import type { Metadata } from 'next'
import { DeadLink } from '@/components/people/dead-link'
import { NewPasswordForm } from '@/components/people/join-form'
import { Outside } from '@/components/shell/outside'
import { Time } from '@/components/ui/time'
import { db } from '@/lib/db/client'
import { readHaltOutside } from '@/lib/halt/read'
import { readOrganisation, readPerson } from '@/lib/people/read'
import { readLink } from '@/lib/people/read-link'
import { said } from '@/lib/people/session-said'

export const metadata: Metadata = { title: 'New password', referrer: 'same-origin' }

type Props = { params: Promise<{ token: string }>; searchParams: Promise<Record<string, unknown>> }

/** A new password, by a link that an administrator or a co-signing ciso handed over. */
export default async function NewPasswordPage({ params, searchParams }: Props) {
  const { token } = await params
  const now = new Date()
  const halted = await readHaltOutside(db())
  const [link, organisation] = await Promise.all([readLink(db(), token, 'reset', now), readOrganisation(db())])
  const person = link?.personId ? await readPerson(db(), link.personId) : undefined
  if (link === undefined || person === undefined)
    return (
      <Outside organisation={organisation?.name} now={now.getTime()} halted={halted}>
        <DeadLink>Ask an administrator for another.</DeadLink>
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
      <h1>A new password</h1>
      <p className="t2 fld">
        For <b>{person.email}</b>. Every session of yours ends when you set it.
      </p>
      <NewPasswordForm token={token} email={person.email} flash={await said(searchParams)} />
    </Outside>
  )
}
