import type { Metadata } from 'next'
import { headers } from 'next/headers'
import { redirect } from 'next/navigation'
import { Outside } from '@/components/shell/outside'
import { Time } from '@/components/ui/time'
import { NoticeOf } from '@/components/people/notice'
import { SignInForm } from '@/components/people/sign-in-form'
import { urgentDb } from '@/lib/db/urgent'
import { actorOfCookies } from '@/lib/people/actor-read'
import { readHaltOutside } from '@/lib/halt/read'
import { localPath } from '@/lib/people/local-path'
import { readOrganisation } from '@/lib/people/read'
import { readOnCall } from '@/lib/people/read-on-call'
import { said } from '@/lib/people/session-said'

export const metadata: Metadata = { title: 'Sign in' }

/** Signing in, and whom to call for somebody who cannot. Complete without JavaScript. */
export default async function LoginPage({ searchParams }: { searchParams: Promise<Record<string, unknown>> }) {
  const next = (await searchParams).next
  const to = localPath(next)
  // whoever is about to stop agents signs in also when every ordinary connection is taken
  const db = await urgentDb()
  if ((await actorOfCookies(db, (await headers()).get('cookie'))) !== undefined) redirect(to)
  const now = new Date()
  const halted = await readHaltOutside(db)
  const [organisation, onCall, flash] = await Promise.all([
    readOrganisation(db),
    readOnCall(db, now),
    said(searchParams),
  ])
  return (
    <Outside organisation={organisation?.name} now={now.getTime()} halted={halted} foot={<LedgerFoot />}>
      <h1>Sign in</h1>
      <NoticeOf flash={flash} />
      {organisation === undefined ? (
        <p>
          Nobody has an account yet. Whoever started this server finds a link in its terminal that creates the first
          administrator. Starting it again prints a new one.
        </p>
      ) : (
        <>
          <SignInForm next={to === '/' ? undefined : to} flash={flash} />
          <WhomToCall shift={onCall.now[0]} />
        </>
      )}
    </Outside>
  )
}

function WhomToCall({ shift }: { shift: { name: string; endsAt: Date | null } | undefined }) {
  return (
    <div className="oc">
      <p>
        <b>Need to stop an agent and can’t sign in?</b>
      </p>
      <p>
        {shift === undefined ? (
          'Nobody is on call. '
        ) : (
          <>
            Call {shift.name}, on call
            {shift.endsAt && (
              <>
                {' '}
                until <Time at={shift.endsAt} />
              </>
            )}
            .{' '}
          </>
        )}
        Any analyst and any ciso can halt too.
      </p>
      <p>
        <b>Forgot your password?</b>
      </p>
      <p>An administrator gives you a link for a new one.</p>
    </div>
  )
}

function LedgerFoot() {
  return (
    <span>
      The ledger’s checkpoint is public:{' '}
      <a className="mono" href="/log/checkpoint">
        /log/checkpoint
      </a>
    </span>
  )
}
